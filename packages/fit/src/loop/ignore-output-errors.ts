import { waitForTurn } from '@keepfit/callbacks/internal';

interface Output {
  on(event: 'error', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
}

/** How many runs ignore errors now. They share one listener. */
let runs = 0;

/**
 * Runs `work`. Until it settles, a failed write to standard output or standard error does not end the process:
 * output is optional, and its reader may have gone, as after `| head`, or the terminal may be closed.
 */
export async function ignoreOutputErrors<T>(work: () => Promise<T>): Promise<T> {
  if (runs === 0) for (const output of getOutputs()) output.on('error', ignore);
  runs += 1;
  try {
    return await work();
  } finally {
    // The error of the last write comes in a later turn than the write.
    await waitForTurn();
    runs -= 1;
    if (runs === 0) for (const output of getOutputs()) output.removeListener('error', ignore);
  }
}

function ignore(): void {}

function getOutputs(): Output[] {
  const { process } = globalThis as { process?: { stdout?: Partial<Output>; stderr?: Partial<Output> } };
  return [process?.stdout, process?.stderr].filter(
    (output): output is Output => typeof output?.on === 'function',
  );
}
