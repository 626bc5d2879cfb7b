import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { trainConvnet } from './train-convnet.js';

/**
 * A process that trains the convnet with its backup in a folder, and kills itself at the so many-th batch
 * that it trains, or never (0). At its end it writes the proof to stdout, and leaves it to Node to see that
 * nothing is left to do.
 */
const [folder = '', killAt = '0', init = '1'] = process.argv.slice(2);
let batches = 0;
const kill: CallbackHooks = {
  batchLogs: false,
  onTrainBatchEnd: () => {
    batches += 1;
    if (batches === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  },
};

await useBackend(cpuBackend());
const backup = new BackupAndRestore(fsStore(folder), { saveFreq: 1 });
const { proof, whole } = await trainConvnet({ init: Number(init), callbacks: [backup, kill] });
process.stdout.write(JSON.stringify({ proof, history: whole.history, batches }));
