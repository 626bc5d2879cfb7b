import { callbackCrashTests } from './helpers/callback-crash-tests.js';

callbackCrashTests({ thrown: ['epoch'], killed: [1], once: false });
