import { renewLeases } from '../../src/thread.js';
import { signedFetch } from './signed-fetch.js';

// The program of a thread, in Node and in a page.
renewLeases(signedFetch);
