import { byThree, countCrashes, testEveryPlace } from './crash-everywhere.js';

countCrashes();
testEveryPlace(...byThree, ['kill']);
