import { callbackCrashTests } from './helpers/callback-crash-tests.js';

callbackCrashTests({ thrown: [3, 'epoch'], killed: [1, 3], everyKill: 1, proves: false, twice: true });
