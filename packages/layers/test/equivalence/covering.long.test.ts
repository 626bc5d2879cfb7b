import { coveringTests } from './covering-tests.js';
import { zoo } from './zoo.js';

coveringTests(Object.keys(zoo));
