import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallbackHooks } from '../../src/contract/callback-hooks.js';
import type { Capture, CaptureEntry, StateRecord } from '../../src/contract/state.js';
import * as exported from '../../src/index.js';
import { FakeTrainer } from '../fake-trainer.js';
import { mapStore } from '../map-store.js';
import { MemorySink } from '../memory-sink.js';

type Stateful = CallbackHooks & Required<Pick<CallbackHooks, 'getState' | 'setState'>>;

interface StateCase {
  readonly create: () => Stateful;
  /** A state that the callback takes. */
  readonly valid: (trainer: FakeTrainer) => StateRecord;
  /** What must not be taken as an entry. */
  readonly hostile: Readonly<Record<string, readonly unknown[]>>;
  /** Entries that the first versions did not save, and what stands for them. */
  readonly newer?: StateRecord;
}

const NO_COUNT = [NaN, -1, 0.5, Infinity, '1', null, true, [1], {}];
const NO_NUMBER = ['1', true, [1], {}, new Float32Array(1)];
const NO_MONITOR = { monitor: [1, null, ['loss'], {}], mode: [1, null, 'down', ['min'], {}] };
const NEWER_MONITOR = { monitor: 'val_loss', mode: 'auto' };
const NEWER_FILES = { pendingKey: null, pendingPattern: '', threshold: null };
const NO_WEIGHTS = [0, 'weights', {}, [], { entries: [] }, { entries: 1, clone: 1, dispose: 1 }];

/** One for each callback that this package exports and that has a state. */
const cases: Readonly<Record<string, StateCase>> = {
  BackupAndRestore: {
    create: () => new exported.BackupAndRestore(mapStore(new Map())),
    valid: () => ({ batchesSinceBackup: 3, hasUnsaved: true }),
    hostile: { batchesSinceBackup: NO_COUNT, hasUnsaved: [0, 'true', null] },
    newer: { hasUnsaved: false },
  },
  CSVLogger: {
    create: () => new exported.CSVLogger(new MemorySink()),
    valid: () => ({ columns: ['loss', 'mae'], position: 12, start: 0, head: '6570', tail: '0a', rows: 1 }),
    hostile: {
      columns: ['loss', [1], ['loss', null], {}, 1],
      position: NO_COUNT,
      start: NO_COUNT,
      head: [1, null, ['00'], new Uint8Array(2)],
      tail: [1, null, ['00'], new Uint8Array(2)],
      rows: NO_COUNT.filter((value) => value !== null),
    },
    newer: { start: 0, head: '', tail: '', rows: null },
  },
  EarlyStopping: {
    create: () => new exported.EarlyStopping({ restoreBestWeights: true }),
    valid: (trainer) => ({
      wait: 1,
      stoppedEpoch: 0,
      bestEpoch: 2,
      best: NaN,
      bestWeights: trainer.captureWeights(),
      ...NEWER_MONITOR,
    }),
    hostile: {
      wait: NO_COUNT,
      stoppedEpoch: NO_COUNT,
      bestEpoch: NO_COUNT,
      best: NO_NUMBER,
      bestWeights: [...NO_WEIGHTS, ...weightsThatDoNotFit()],
      ...NO_MONITOR,
    },
    newer: NEWER_MONITOR,
  },
  History: {
    create: () => new exported.History(),
    valid: () => ({ epoch: [0, 1], history: { loss: [1, NaN], val_loss: [2] }, indices: { val_loss: [1] } }),
    hostile: {
      epoch: [['x'], [NaN], [-1], 'x', null, {}],
      history: [null, [], 'x', { loss: 1 }, { loss: 'x' }, { loss: [{}] }, { loss: new Float32Array(2) }],
      indices: [null, [], 'x', { val_loss: 1 }, { val_loss: [-1] }, { val_loss: ['0'] }],
    },
    // Without it, the state has none either.
    newer: { indices: undefined } as unknown as StateRecord,
  },
  ModelCheckpoint: {
    create: () => new exported.ModelCheckpoint(mapStore(new Map()), { saveBestOnly: true }),
    valid: () => ({ best: 0.5, batchesSinceSave: 1, saves: 2, ...NEWER_FILES, ...NEWER_MONITOR }),
    hostile: {
      best: NO_NUMBER,
      batchesSinceSave: NO_COUNT,
      saves: NO_COUNT,
      threshold: NO_NUMBER,
      pendingKey: [1, '', '../escape', 'Upper', {}, true],
      pendingPattern: [1, null, '../escape', 'Upper', '{epoch:x}', {}],
      ...NO_MONITOR,
    },
    newer: { ...NEWER_FILES, ...NEWER_MONITOR },
  },
  ReduceLROnPlateau: {
    create: () => new exported.ReduceLROnPlateau(),
    valid: () => ({ best: -Infinity, wait: 4, cooldownCounter: 2, ...NEWER_MONITOR }),
    hostile: { best: NO_NUMBER, wait: NO_COUNT, cooldownCounter: NO_COUNT, ...NO_MONITOR },
    newer: NEWER_MONITOR,
  },
  RemoteMonitor: {
    create: () => new exported.RemoteMonitor(),
    valid: () => ({ runId: 'abc', undelivered: [{ run_id: 'abc', epoch: 0, loss: 1 }] }),
    hostile: { runId: [1, null, {}], undelivered: [null, 'x', {}, [1], [null], [[]]] },
  },
  SwapEMAWeights: {
    create: () => new exported.SwapEMAWeights(),
    valid: (trainer) => ({ average: trainer.captureWeights(), trained: trainer.captureWeights() }),
    hostile: {
      average: [...NO_WEIGHTS, ...weightsThatDoNotFit()],
      trained: [...NO_WEIGHTS, ...weightsThatDoNotFit()],
    },
  },
};

/** The weights of other models than the one of FakeTrainer, which has one weight of shape [1]. */
function weightsThatDoNotFit(): Capture[] {
  const read = () => Promise.resolve(new Uint8Array(8));
  const entries: CaptureEntry[][] = [
    [],
    [{ name: 'other', dtype: 'float32', shape: [1], read }],
    [{ name: 'weight', dtype: 'float32', shape: [2], read }],
    [{ name: 'weight', dtype: 'int32', shape: [1], read }],
  ];
  return entries.map(createCapture);
}

function createCapture(entries: CaptureEntry[]): Capture {
  return { entries, clone: () => createCapture(entries), dispose: () => undefined };
}

let trainer: FakeTrainer;

afterEach(() => void vi.restoreAllMocks());

beforeEach(() => {
  trainer = new FakeTrainer();
});

test('every exported callback with a state is in the table', () => {
  const stateful = Object.entries(exported).flatMap(([name, value]) => {
    const prototype: unknown = (value as { prototype?: unknown }).prototype;
    const isCallback = typeof prototype === 'object' && prototype !== null && 'getState' in prototype;
    return isCallback && name !== 'CallbackList' ? [name] : [];
  });
  expect(stateful.sort()).toEqual(Object.keys(cases));
});

describe.each(Object.entries(cases))('%s', (name, { create, valid, hostile, newer = {} }) => {
  function begin(): { callback: Stateful; given: StateRecord; before: StateRecord } {
    const callback = create();
    callback.setModel?.(trainer);
    const given = valid(trainer);
    callback.setState(given);
    return { callback, given, before: callback.getState() };
  }

  test('takes a valid state', () => {
    const { before, given } = begin();
    expect(shapeOf(before)).toEqual(shapeOf(given));
  });

  for (const [key, values] of Object.entries(hostile)) {
    test.each(values.map((value) => [value]))(`refuses %j as ${key}, and stays as it is`, (value) => {
      const { callback, before } = begin();
      const held = trainer.heldCaptures;
      const setState = () => callback.setState({ ...valid(trainer), [key]: value } as StateRecord);
      expect(setState).toThrow(new RegExp(`KEEPFIT_CHECKPOINT_CORRUPT: .*${name} .*${key}`));
      expect(callback.getState()).toEqual(before);
      // `valid` captured for the state that was refused.
      const captured = Object.values(valid(trainer)).filter((item) => isCapture(item)).length;
      expect(trainer.heldCaptures - held).toBe(2 * captured);
    });
  }

  test('refuses a state without one of its entries, unless an older version wrote it', () => {
    for (const key of Object.keys(valid(trainer))) {
      const { callback, before } = begin();
      const { [key]: _, ...rest } = valid(trainer);
      if (key in newer) {
        callback.setState(rest);
        expect(callback.getState()[key]).toBe(newer[key]);
      } else {
        expect(() => callback.setState(rest)).toThrow(/KEEPFIT_CHECKPOINT_CORRUPT/);
        expect(callback.getState()).toEqual(before);
      }
    }
  });

  test('refuses what is no state, and does not look at a prototype', () => {
    const { callback, before } = begin();
    for (const state of [null, [], 'x', 1, Object.create(valid(trainer)) as unknown])
      expect(() => callback.setState(state as StateRecord)).toThrow(/KEEPFIT_CHECKPOINT_CORRUPT/);
    expect(callback.getState()).toEqual(before);
  });

  test('ignores entries that a newer version may add', () => {
    const { callback } = begin();
    callback.setState({ ...valid(trainer), later: 'x' });
    expect(callback.getState()).not.toHaveProperty('later');
  });
});

describe.each(Object.entries(cases).filter(([, { valid }]) => 'mode' in valid(new FakeTrainer())))(
  'the best value of %s',
  (name, { create, valid }) => {
    const best = (saved: object) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      const callback = create();
      callback.setModel?.(trainer);
      callback.setState({ ...valid(trainer), best: 0.5, ...saved } as StateRecord);
      const { best: taken } = callback.getState();
      expect(warn.mock.calls).toEqual(
        taken === 0.5 ? [] : [[expect.stringMatching(new RegExp(`^${name} .*now monitors "val_loss"`))]],
      );
      return taken;
    };

    test('is taken over from the same log and direction, or an older version', () => {
      for (const saved of [{}, { mode: 'min' }, { monitor: '' }]) expect(best(saved)).toBe(0.5);
    });

    test.each([{ mode: 'max' }, { monitor: 'loss' }, { monitor: 'acc', mode: 'max' }])(
      'begins from scratch, with a warning, if it was that of %o',
      (saved) => expect(best(saved)).toBeNull(),
    );
  },
);

function isCapture(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'clone' in value;
}

/** A state with its captures as a word, because a callback holds a clone. */
function shapeOf(state: StateRecord): unknown {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, isCapture(value) ? 'weights' : value]),
  );
}
