import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { untilSignal, useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { withProcess } from '../../callbacks/test/with-process.js';
import { caught } from './helpers/caught.js';
import { inFolder, runUntilSignal } from './helpers/run-until-signal.js';
import type { Instant } from './helpers/signal-instants.js';
import { storedProgress } from './helpers/stored.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let whole: Ended;
beforeAll(async () => {
  await useBackend(cpuBackend());
  whole = await trainPlain();
});

interface Told {
  readonly signal: NodeJS.Signals;
  readonly instant: Pick<Instant, 'place' | 'call' | 'order'>;
}

describe.concurrent.each<[Told, { epoch: number; batch: number }]>([
  [
    { signal: 'SIGTERM', instant: { place: 'onTrainBatchBegin', call: 6 } },
    { epoch: 1, batch: 2 },
  ],
  [
    { signal: 'SIGINT', instant: { place: 'onTestBatchBegin', call: 3 } },
    { epoch: 1, batch: 4 },
  ],
  [
    { signal: 'SIGUSR1', instant: { place: 'onEpochEnd', call: 2, order: 'after' } },
    { epoch: 2, batch: 1 },
  ],
])('%o', ({ signal, instant }, place) => {
  test('backs up, ends the process by the signal itself, and the next run continues exactly', async () => {
    await inFolder(async (folder) => {
      // Again and at once, as npm passes a signal on.
      const ended = await runUntilSignal({ folder, instant }, { waiting: [signal], aborted: [signal] });
      expect(ended).toEqual({ status: null, signal, lines: ['waiting', 'aborted'] });
      const store = fsStore(folder);
      expect(await storedProgress(store)).toMatchObject(place);
      const resumed = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
      expect(resumed.proof).toEqual(whole.proof);
      expect(resumed.whole.history).toEqual(whole.whole.history);
    });
  });
});

test('Ctrl-C that comes twice, and SIGTERM with it, are one signal; a later one ends the process at once', async () => {
  await inFolder(async (folder) => {
    const { signal, lines } = await runUntilSignal(
      { folder, instant: { place: 'onTrainBatchBegin', call: 6 }, hangs: true },
      { waiting: ['SIGINT'], aborted: ['SIGINT', 'SIGTERM'], deaf: ['SIGTERM'] },
    );
    expect({ signal, lines }).toEqual({ signal: 'SIGTERM', lines: ['waiting', 'aborted', 'deaf'] });
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
    const error = await caught(withProcess(undefined, () => untilSignal(['SIGTERM'], async () => undefined)));
    expect(error.code).toBe('KEEPFIT_INVALID_STATE');
    expect(error.message).toContain('untilHidden');
  });
});

test('warns once that tsx, if it started the program, waits for 60 ms only', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  onTestFinished(() => warn.mockRestore());
  const run = (execArgv: readonly string[], signal: string) =>
    withProcess(Object.assign(Object.create(process) as NodeJS.Process, { execArgv }), () =>
      untilSignal([signal], async () => undefined),
    );
  await run(['--import', 'file:///lab/node_modules/tsx/dist/loader.mjs'], 'SIGTERM');
  expect(warn).not.toHaveBeenCalled();
  for (const signal of ['SIGTERM', 'SIGINT'])
    await run(['--require', '/lab/node_modules/tsx/dist/preflight.cjs'], signal);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/tsx.*60 ms.*node --import tsx/));
});
