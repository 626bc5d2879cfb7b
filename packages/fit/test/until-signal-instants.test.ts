import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { untilSignal, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { EventEmitter } from 'node:events';
import { beforeAll, expect, test, vi } from 'vitest';
import { withProcess } from '../../callbacks/test/with-process.js';
import { caught } from './helpers/caught.js';
import { instants, trainUntil } from './helpers/signal-instants.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let whole: Ended;
beforeAll(async () => {
  await useBackend(cpuBackend());
  whole = await trainPlain();
});

/** A process whose signals are events, and that survives every one. */
class FakeProcess extends EventEmitter {
  readonly pid = 7;
  readonly raised: string[] = [];

  kill(pid: number, signal: string): void {
    expect(pid).toBe(this.pid);
    // Whatever still listens would keep the signal from ending the process.
    expect(this.listenerCount(signal)).toBe(0);
    this.raised.push(signal);
  }
}

function until<T>(fake: FakeProcess, train: (preemption: AbortSignal) => Promise<T>): Promise<T> {
  return withProcess(fake, () => untilSignal(['SIGTERM', 'SIGINT'], train));
}

test.each(instants)('a signal at %o', async (instant) => {
  const fake = new FakeProcess();
  const store = memoryStore();
  const ending = until(fake, (preemption) =>
    trainUntil(instant, store, preemption, async () => void fake.emit('SIGTERM')),
  );
  if (instant.end === 'completed') {
    expect((await ending).proof).toEqual(whole.proof);
    expect({ raised: fake.raised, keys: await store.keys() }).toEqual({ raised: [], keys: [] });
    return;
  }
  expect(await caught(ending)).toMatchObject({ code: 'KEEPFIT_INTERRUPTED' });
  expect({ raised: fake.raised, keys: await store.keys() }).toEqual({
    raised: ['SIGTERM'],
    keys: ['backup'],
  });
  const resumed = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
  expect(resumed.proof).toEqual(whole.proof);
  expect(resumed.whole.history).toEqual(whole.whole.history);
});

test('an interruption that the preemption itself is the reason of raises the signal', async () => {
  const fake = new FakeProcess();
  const failing = until(fake, async (preemption) => {
    fake.emit('SIGINT');
    preemption.throwIfAborted();
  });
  expect((await caught(failing)).message).toBe('SIGINT');
  expect(fake.raised).toEqual(['SIGINT']);
});

test('another error is not lost although a signal came, and the signal is not raised', async () => {
  const fake = new FakeProcess();
  const error = new Error('the disk is full');
  const failing = until(fake, () => {
    fake.emit('SIGTERM');
    return Promise.reject(error);
  });
  expect(await caught(failing)).toBe(error);
  expect(fake.raised).toEqual([]);
});

test('an interruption passes through where the signal cannot be raised', async () => {
  const fake = new FakeProcess();
  vi.spyOn(fake, 'kill').mockImplementation(() => {
    throw new Error('ENOSYS');
  });
  const failing = until(fake, async (preemption) => {
    fake.emit('SIGTERM');
    preemption.throwIfAborted();
  });
  expect((await caught(failing)).message).toBe('SIGTERM');
});

test('listeners of others are called before it settles', async () => {
  const fake = new FakeProcess();
  let hasEnded = false;
  fake.kill = () => void setImmediate(() => (hasEnded = true));
  const failing = until(fake, async (preemption) => {
    fake.emit('SIGTERM');
    preemption.throwIfAborted();
  });
  await caught(failing);
  expect(hasEnded).toBe(true);
});
