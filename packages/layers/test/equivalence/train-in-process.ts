import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { digestOf } from './digest-of.js';
import type { Crash, EquivalenceCase } from './equivalence-case.js';
import { trainAttempt } from './train-attempt.js';

/** The first argument of the process, as JSON. */
export interface ProcessOrder {
  readonly theCase: EquivalenceCase;
  readonly init: number;
  /** The folder of the store. */
  readonly folder?: string;
  /** The place at which the process kills itself. */
  readonly crash?: Crash;
}

/** A process that trains a case and writes a digest of the results to stdout, unless it is killed. */
const { theCase, init, folder, crash } = JSON.parse(process.argv[2] ?? '') as ProcessOrder;
await useBackend(cpuBackend());
const onCrash = (): void => {
  process.kill(process.pid, 'SIGKILL');
  // A signal to the own process arrives when the next system call returns.
  for (;;);
};
const attempt = await trainAttempt(theCase, {
  init,
  crash,
  onCrash,
  ...(folder === undefined ? {} : { store: fsStore(folder) }),
});
process.stdout.write(digestOf(attempt));
