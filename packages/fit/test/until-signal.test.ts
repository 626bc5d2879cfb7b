import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type HookName } from '@keepfit/callbacks';
import { untilSignal, useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { caught } from './helpers/caught.js';
import { storedProgress } from './helpers/stored.js';
import { trainPlain } from './helpers/train-plain.js';
import type { SignalOrder } from './helpers/train-until-signal.js';

const PROGRAM = programFile('packages/fit/test/helpers/train-until-signal.ts');

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.unstubAllGlobals());

interface Told {
  readonly signal: NodeJS.Signals;
  readonly hook: HookName;
  readonly call: number;
}

describe.concurrent.each<[Told, { epoch: number; batch: number }]>([
  [
    { signal: 'SIGTERM', hook: 'onTrainBatchBegin', call: 6 },
    { epoch: 1, batch: 2 },
  ],
  [
    { signal: 'SIGINT', hook: 'onTestBatchBegin', call: 3 },
    { epoch: 1, batch: 4 },
  ],
  [
    { signal: 'SIGUSR1', hook: 'onEpochEnd', call: 2 },
    { epoch: 2, batch: 1 },
  ],
])('%o', (told, place) => {
  test('backs up, ends the process by the signal itself, and the next run continues exactly', async () => {
    await inFolder(async (folder) => {
      const { signal, lines } = await run({ ...told, folder, hangs: false });
      expect({ signal, lines }).toEqual({ signal: told.signal, lines: ['waiting', 'aborted'] });
      const store = fsStore(folder);
      expect(await storedProgress(store)).toMatchObject(place);
      const [whole, resumed] = [
        await trainPlain(),
        await trainPlain({ init: 99, before: [new BackupAndRestore(store)] }),
      ];
      expect(resumed.proof).toEqual(whole.proof);
      expect(resumed.whole.history).toEqual(whole.whole.history);
    });
  });
});

test('a second signal ends the process at once, and the last backup before is what is left', async () => {
  await inFolder(async (folder) => {
    const { signal, lines } = await run({
      signal: 'SIGTERM',
      hook: 'onTrainBatchBegin',
      call: 6,
      folder,
      hangs: true,
    });
    expect({ signal, lines }).toEqual({ signal: 'SIGTERM', lines: ['waiting', 'aborted'] });
    expect((await storedProgress(fsStore(folder))).step).toBeLessThanOrEqual(3);
  });
});

describe('without a signal', () => {
  const counts = () => ['SIGTERM', 'SIGINT'].map((signal) => process.listenerCount(signal));

  test('it settles as the training does, and listeners are there only meanwhile', async () => {
    const before = counts();
    let during: number[] = [];
    const result = await untilSignal(['SIGTERM', 'SIGINT'], async (preemption) => {
      during = counts();
      return preemption.aborted;
    });
    expect(result).toBe(false);
    expect(during).toEqual(before.map((count) => count + 1));
    expect(counts()).toEqual(before);
  });

  test('an error passes through, and no listener is left', async () => {
    const before = counts();
    const error = new Error('of the training');
    expect(await caught(untilSignal(['SIGTERM', 'SIGINT'], () => Promise.reject(error)))).toBe(error);
    expect(counts()).toEqual(before);
  });

  test('a signal that nobody can listen to is refused, and no listener is left', async () => {
    const before = counts();
    expect(await caught(untilSignal(['SIGTERM', 'SIGKILL'], async () => undefined))).toBeInstanceOf(Error);
    expect(counts()).toEqual(before);
  });

  test('in a page it says what would do', async () => {
    vi.stubGlobal('process', undefined);
    const failing = untilSignal(['SIGTERM'], async () => undefined);
    vi.unstubAllGlobals();
    const error = await caught(failing);
    expect(error.code).toBe('KEEPFIT_INVALID_STATE');
    expect(error.message).toContain('untilHidden');
  });
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-signal-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Sends the signal when the process waits for it, and where it hangs once more. Resolves to the signal that
 * ended it.
 */
async function run({ signal, ...order }: Told & { readonly folder: string; readonly hangs: boolean }) {
  const argument: SignalOrder = { ...order, init: 1, signals: ['SIGTERM', 'SIGINT', 'SIGUSR1'] };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === 'waiting' || (order.hangs && line === 'aborted')) child.kill(signal);
  }
  const [, ended] = (await exit) as [number | null, unknown];
  return { signal: ended, lines };
}
