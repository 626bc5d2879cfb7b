import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { untilHidden, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { storedProgress } from './helpers/stored.js';
import { trainPlain } from './helpers/train-plain.js';

/** What a page gives: events, and whether it is seen. */
class Page extends EventTarget {
  visibilityState = 'visible';
  readonly listening = new Map<string, number>();

  override addEventListener(...[type, listener, options]: Parameters<EventTarget['addEventListener']>): void {
    this.listening.set(type, (this.listening.get(type) ?? 0) + 1);
    const { signal } = options as AddEventListenerOptions;
    signal?.addEventListener('abort', () => this.listening.set(type, (this.listening.get(type) ?? 0) - 1));
    super.addEventListener(type, listener, options);
  }

  show(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;

beforeAll(() => useBackend(cpuBackend()));
beforeEach(() => {
  page = new Page();
  vi.stubGlobal('document', page);
});
afterEach(() => vi.unstubAllGlobals());

function trainUntilHidden(store: CheckpointStore, during: CallbackHooks, init = 1) {
  return untilHidden((preemption) =>
    trainPlain({ init, before: [during, new BackupAndRestore(store, { preemption })] }),
  );
}

function atBatch(batch: number, act: () => void): CallbackHooks {
  let batches = 0;
  return { batchLogs: false, onTrainBatchBegin: () => void (++batches === batch && act()) };
}

describe.each<[string, () => void]>([
  ['hidden', () => page.show('hidden')],
  ['frozen', () => page.dispatchEvent(new Event('freeze'))],
])('a page that is %s', (_what, happen) => {
  test('backs up at the next batch boundary and rejects; trained on later, it ends as if nothing had happened', async () => {
    const store = memoryStore();
    expect((await caught(trainUntilHidden(store, atBatch(6, happen)))).code).toBe('KEEPFIT_INTERRUPTED');
    expect(await storedProgress(store)).toMatchObject({ epoch: 1, batch: 2 });
    expect([...page.listening.values()]).toEqual([0, 0]);
    page.visibilityState = 'visible';
    const resumed = await trainUntilHidden(store, {}, 99);
    expect(resumed.proof).toEqual((await trainPlain()).proof);
    expect([...page.listening.values()]).toEqual([0, 0]);
  });
});

test('a page that becomes visible trains on', async () => {
  const { proof } = await trainUntilHidden(
    memoryStore(),
    atBatch(2, () => page.show('visible')),
  );
  expect(proof).toEqual((await trainPlain()).proof);
});

test('an error of the training passes through, and no listener is left', async () => {
  const error = new Error('of the training');
  expect(await caught(untilHidden(() => Promise.reject(error)))).toBe(error);
  expect([...page.listening.values()]).toEqual([0, 0]);
});

test('where there is no page it says what would do', async () => {
  vi.stubGlobal('document', undefined);
  const error = await caught(untilHidden(async () => undefined));
  expect(error.code).toBe('KEEPFIT_INVALID_STATE');
  expect(error.message).toContain('untilSignal');
});
