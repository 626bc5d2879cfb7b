import { countCrashes, testEveryPlace } from './crash-everywhere.js';

countCrashes();
testEveryPlace('a backup each third batch, three an execution, a stream', {
  saveFreq: 3,
  stepsPerExecution: 3,
  source: 'stream that is skipped',
});
