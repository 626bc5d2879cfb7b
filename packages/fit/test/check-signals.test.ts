import { untilSignal } from '@keepfit/fit';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { withProcess } from '../../callbacks/test/with-process.js';
import { caught } from './helpers/caught.js';

const train = vi.fn(async () => 'trained');

test.each<[unknown]>([
  ['SIGTERM'],
  [undefined],
  [['sigterm']],
  [['TERM']],
  [[15]],
  [['SIGINT', 'SIGFOO']],
  [['SIGKILL']],
  [['SIGSTOP']],
])('%o is refused before anything is trained, and nothing listens', async (signals) => {
  const before = process.listenerCount('SIGINT');
  expect(await caught(untilSignal(signals as string[], train))).toMatchObject({
    code: 'KEEPFIT_INVALID_OPTION',
  });
  expect(train).not.toHaveBeenCalled();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('signals of several platforms, and none, are taken', async () => {
  expect(await untilSignal(['SIGTERM', 'SIGBREAK', 'SIGHUP', 'SIGUSR2', 'SIGINFO'], train)).toBe('trained');
  expect(await untilSignal([], train)).toBe('trained');
});

test('a worker thread, which gets no signals, is told so', async () => {
  const worker = new Worker(
    "require('node:worker_threads').parentPort.postMessage(process.getBuiltinModule?.('worker_threads').isMainThread)",
    { eval: true },
  );
  expect(await once(worker, 'message')).toEqual([false]);
  const getBuiltinModule = () => ({ isMainThread: false });
  const process = { on: vi.fn(), kill: vi.fn(), getBuiltinModule };
  const failing = withProcess(process, () => untilSignal(['SIGTERM'], train));
  expect(await caught(failing)).toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
});
