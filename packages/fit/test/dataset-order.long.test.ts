import { sample } from '../../../test/setup/sample.js';
import { CRASHES, testDatasetOrder } from './helpers/dataset-order-tests.js';
import { SAVE_FREQS } from './helpers/train-linear.js';

testDatasetOrder(sample(CRASHES, 2), SAVE_FREQS);
