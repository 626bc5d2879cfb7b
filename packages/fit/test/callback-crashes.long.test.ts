import { callbackCrashTests } from './helpers/callback-crash-tests.js';

callbackCrashTests({ saveFreqs: [1, 'epoch'], once: false });
