import { triesAll } from '../../../test/setup/sample.js';
import { callbackCrashTests } from './helpers/callback-crash-tests.js';

const instants = triesAll
  ? { thrown: [3, 'epoch'] as const, killed: [1, 3], everyKill: 1 }
  : { thrown: ['epoch'] as const, killed: [1], everyKill: 28 };

callbackCrashTests({ ...instants, everyCase: 1, proves: false, twice: true });
