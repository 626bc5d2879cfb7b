import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { createHash } from 'node:crypto';
import type { Crash, EquivalenceCase } from './equivalence-case.js';
import { type Attempt, trainAttempt } from './train-attempt.js';

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

function digestOf({ ended, error }: Attempt): string {
  if (error !== undefined) throw error;
  const withArrays = (_key: string, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value;
  return createHash('sha256')
    .update(JSON.stringify([ended?.proof, ended?.history], withArrays))
    .digest('hex');
}
