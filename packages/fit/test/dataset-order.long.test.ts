import { testDatasetOrder } from './helpers/dataset-order-tests.js';

testDatasetOrder([1, 'epoch']);
