import { coveringTests, quickModels } from './covering-tests.js';
import { zoo } from './zoo.js';

coveringTests(Object.keys(zoo).filter((model) => !quickModels.includes(model)));
