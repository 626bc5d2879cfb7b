import { cpuBackend } from '@keepfit/backend-cpu';
import { sample } from '../../../test/setup/sample.js';
import { zooNames } from '../../fit/test/helpers/train-zoo.js';
import { zooConformance } from '../../fit/test/helpers/zoo-conformance.js';

// All other tests train on this backend too.
zooConformance(() => cpuBackend(), sample(zooNames, 3));
