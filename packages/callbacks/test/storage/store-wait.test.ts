import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import { StoreWait } from '../../src/storage/store-wait.js';
import { fakeTimers } from '../fake-timers.js';
import { plainStore } from '../testing/plain-store.js';

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  fakeTimers();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.restoreAllMocks();
});

const never = <Result>() => new Promise<Result>(() => undefined);

function createWait(preemption?: AbortSignal, timeout?: number) {
  const store = { ...plainStore(), name: 'lab', get: () => never<undefined>(), delete: () => never<void>() };
  return new StoreWait(store, preemption, timeout);
}

/** What becomes of a promise: 'waits' until it settles. */
function watch(promise: Promise<unknown>): { state: unknown } {
  const watched: { state: unknown } = { state: 'waits' };
  promise.then(
    () => (watched.state = 'resolved'),
    (error: unknown) => (watched.state = error),
  );
  return watched;
}

test('warns once after 10 s, and names the call, the key and the store', async () => {
  const wait = createWait();
  watch(wait.during(wait.store.get('backup')));
  await vi.advanceTimersByTimeAsync(9999);
  expect(warn).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  watch(wait.during(wait.store.delete('backup')));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining(
      'keepfit: waited 10 s so far for get("backup") of lab, and continues when it answers.',
    ),
  );
});

test.each([
  ['before', 0],
  ['during', 3000],
])(
  'an abort %s a call bounds the wait, with an error that names all and says what is unknown',
  async (_, ms) => {
    const preemption = new AbortController();
    const wait = createWait(preemption.signal, 20_000);
    if (ms === 0) preemption.abort(new Error('SIGTERM'));
    const call = watch(wait.during(wait.store.get('backup')));
    await vi.advanceTimersByTimeAsync(ms);
    preemption.abort(new Error('SIGTERM'));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(call.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(call.state).toMatchObject({
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringMatching(
        /get\("backup"\) of lab has not answered for 20 s.*The checkpoint is unchanged/,
      ),
      cause: expect.objectContaining({ message: 'SIGTERM' }),
    });
    expect(wait.ended.reason).toBe(call.state);
    expect(watch(wait.during(never()))).toEqual({ state: 'waits' });
    await expect(wait.during(never())).rejects.toBe(call.state);
  },
);

test('all waits together take the time once, but not the time between them; a lock gets 1 s more', async () => {
  const wait = createWait(AbortSignal.abort(), 20_000);
  const answer = new Promise<void>((resolve) => setTimeout(resolve, 15_000));
  const first = watch(wait.during(answer));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(first.state).toBe('resolved');
  await vi.advanceTimersByTimeAsync(60_000);
  const second = watch(wait.during(wait.store.delete('backup')));
  await vi.advanceTimersByTimeAsync(4999);
  expect(second.state).toBe('waits');
  await vi.advanceTimersByTimeAsync(1);
  expect(second.state).toMatchObject({
    message: expect.stringContaining('It is not known whether the checkpoint is deleted'),
  });

  const release = watch(wait.duringRelease(never()));
  await vi.advanceTimersByTimeAsync(999);
  expect(release.state).toBe('waits');
  await vi.advanceTimersByTimeAsync(1);
  expect(release.state).toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
});

test('without an abort, and with an infinite time, it waits for ever', async () => {
  const signals = [new AbortController().signal, AbortSignal.abort()];
  const calls = signals.map((signal) => watch(createWait(signal, Infinity).during(never())));
  await vi.advanceTimersByTimeAsync(10 ** 9);
  expect(calls).toEqual([{ state: 'waits' }, { state: 'waits' }]);
});

test('leaves no listener at the signal, however a call ends', async () => {
  const { signal } = new AbortController();
  const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
  const wait = createWait(signal, 1000);
  await wait.during(Promise.resolve());
  await wait.during(Promise.reject(new Error('failed'))).catch(() => undefined);
  const last = watch(wait.during(never()));
  wait.end(new KeepfitError('KEEPFIT_STORE_CONFLICT', 'lost'));
  await vi.advanceTimersByTimeAsync(0);
  expect(last.state).toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect(add).toHaveBeenCalledTimes(3);
  expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(
    add.mock.calls.map(([, listener]) => listener),
  );
});
