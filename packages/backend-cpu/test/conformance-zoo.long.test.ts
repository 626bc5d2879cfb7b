import { cpuBackend } from '@keepfit/backend-cpu';
import { zooConformance } from '../../fit/test/helpers/zoo-conformance.js';

zooConformance(() => cpuBackend());
