import '@tensorflow/tfjs-layers';
import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { once } from 'node:events';
import { trainPlain } from './train-plain.js';

/**
 * A process that shows its progress as its first argument says (`verbose`). After the first epoch it tells its
 * parent, and waits until that has closed the output. At the end it tells how many epochs it trained, and how
 * many listeners to errors of its output are left.
 */
let epochs = 0;
const pausing: CallbackHooks = {
  async onEpochEnd(epoch) {
    epochs = epoch + 1;
    console.log('as other callbacks say something');
    console.warn('as keepfit warns');
    if (epoch > 0) return;
    const closed = once(process, 'message');
    process.send?.('shown');
    await closed;
  },
};
await useBackend(cpuBackend());
const verbose = Number(process.argv[2]) as 1 | 2;
await trainPlain({ before: [pausing], options: { verbose, epochs: 5 } });
const listeners = process.stdout.listenerCount('error') + process.stderr.listenerCount('error');
process.send?.({ epochs, listeners });
process.disconnect();
