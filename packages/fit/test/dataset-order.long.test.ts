import { CRASHES, testDatasetOrder } from './helpers/dataset-order-tests.js';
import { SAVE_FREQS } from './helpers/train-linear.js';

testDatasetOrder(CRASHES, SAVE_FREQS);
