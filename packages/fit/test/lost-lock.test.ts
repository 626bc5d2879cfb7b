import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  CSVLogger,
  type HookName,
  ModelCheckpoint,
  type OutputSink,
} from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { recordHooks } from './helpers/record-hooks.js';
import { trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

const HOOKS = ['onTrainBatchBegin', 'onTrainBatchEnd', 'onTestBatchEnd', 'onTestEnd', 'onEpochEnd'] as const;

/** A store whose lock is lost in the second call of a hook. */
function losingIn(hook: HookName): { store: CheckpointStore; callback: CallbackHooks } {
  const losing = new AbortController();
  let calls = 0;
  return {
    store: { ...memoryStore(), lock: async () => ({ release: async () => undefined, lost: losing.signal }) },
    callback: { batchLogs: false, [hook]: () => void (++calls === 2 && losing.abort()) },
  };
}

/** Counts the bytes that a sink was given. */
function countingSink(): OutputSink & { readonly length: () => number } {
  let length = 0;
  return {
    append: async (text) => void (length += text.length),
    flush: async () => undefined,
    position: async () => length,
    truncate: async (position) => void (length = position),
    length: () => length,
  };
}

test.each(HOOKS)('after a lock is lost in %s, no further hook of any callback runs', async (hook) => {
  for (const createCallback of [
    (store: CheckpointStore) => new BackupAndRestore(store),
    (store: CheckpointStore) => new ModelCheckpoint(store),
  ]) {
    const { store, callback } = losingIn(hook);
    const after = recordHooks();
    const sink = countingSink();
    let written = NaN;
    const noteLength: CallbackHooks = { batchLogs: false, [hook]: () => void (written = sink.length()) };
    const error = await caught(
      trainPlain({ before: [noteLength, callback, after, new CSVLogger(sink), createCallback(store)] }),
    );
    expect(error).toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
      message: expect.stringContaining('has lost the lock'),
    });
    // Only the hook that was lost in was called twice, and not by those behind it.
    expect(after.calls.filter(([name]) => name === hook)).toHaveLength(1);
    expect(sink.length()).toBe(written);
  }
});
