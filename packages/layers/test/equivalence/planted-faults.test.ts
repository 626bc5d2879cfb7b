import { cpuBackend } from '@keepfit/backend-cpu';
import type {
  BackupAndRestore,
  CallbackHooks,
  SavedTensor,
  SavedTraining,
  StateRecord,
  TrainerView,
} from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { beforeAll, describe, expect, test } from 'vitest';
import { thrown } from './crash-plans.js';
import { type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { proveEquivalence } from './prove-equivalence.js';

beforeAll(() => useBackend(cpuBackend()));

const theCase: EquivalenceCase = {
  ...simplestCase,
  model: 'plain variables',
  optimizer: 'adam',
  validation: 'arrays',
  saveFreq: 2,
  watched: true,
  crashes: [thrown('onTrainBatchEnd', 7)],
};

/** What a restore is given, changed before it gets there. */
type Fault = (saved: SavedTraining) => SavedTraining;

const faults: Readonly<Record<string, readonly [Fault, Partial<EquivalenceCase>?]>> = {
  'the random numbers of a step': [
    inState('progress', (progress) => ({ ...progress, step: Number(progress['step']) + 1 })),
  ],
  'the order of samples': [
    inState('progress', (progress) => ({ ...progress, pass: Number(progress['pass']) + 1 })),
  ],
  'the place in the pass': [
    inState('progress', (progress) => ({ ...progress, position: Number(progress['position']) - 1 })),
  ],
  'a variable of the optimizer': [inTensor('optimizer/accumulatedSecondMoment/kernel1', 0.01)],
  'a number of the optimizer': [inTensor('optimizer/accBeta2')],
  'the state of a metric': [inTensor('metrics/auc/0', 0.5)],
  'the mean of a metric': [
    inState('logs', (logs) => ({ ...logs, means: (logs['means'] as StateRecord[]).map(nudged) })),
  ],
  'the state of a callback': [
    inCallback('countHooks', (state) => ({ ...state, batches: Number(state['batches']) + 1 })),
  ],
  'a callback that counts wrongly': [inCallback('ReduceLROnPlateau', (state) => ({ ...state, wait: 1 }))],
  'the history': [inCallback('History', (state) => ({ ...state, epoch: [] }))],
  'the learning rate': [
    ({ tensors, state }) => ({
      tensors,
      state: { ...state, learningRate: Number(state['learningRate']) + 1e-9 },
    }),
  ],
  'the last bit of a weight': [inTensor('weights/bias1')],
  'a weight that is not trained': [inTensor('weights/runningMean', 0.01)],
  'a count among the weights': [inTensor('weights/calls')],
  'a state of the model': [inTensor('states/lstm/1', 0.01), { model: 'stateful LSTM' }],
};

test('without a fault the case has no differences', async () => {
  expect(await proveEquivalence(theCase, (backup) => spoil(backup, (saved) => saved))).toEqual({
    differences: [],
    crashes: 1,
  });
});

describe.each(Object.entries(faults))('a fault in the restore of %s', (_what, [fault, change]) => {
  test('is found by the harness', async () => {
    const { differences, crashes } = await proveEquivalence({ ...theCase, ...change }, (backup) =>
      spoil(backup, fault),
    );
    expect(crashes).toBe(1);
    expect(differences).not.toEqual([]);
    expect(differences.join()).not.toContain('not planned');
  });
});

/** Changes a BackupAndRestore so that its trainer gets a state other than the loaded one. */
function spoil(backup: BackupAndRestore, fault: Fault): CallbackHooks {
  const setModel = backup.setModel.bind(backup);
  return Object.assign(backup, { setModel: (view: TrainerView) => setModel(withFault(view, fault)) });
}

function withFault(view: TrainerView, fault: Fault): TrainerView {
  return new Proxy(view, {
    get(target, key) {
      if (key === 'restore') return (saved: SavedTraining) => target.restore(fault(saved));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

function nudged(mean: StateRecord): StateRecord {
  return { ...mean, total: Number(mean['total']) * (1 + 2 ** -50) };
}

function inState(key: string, change: (value: StateRecord) => StateRecord): Fault {
  return ({ tensors, state }) => ({ tensors, state: { ...state, [key]: change(state[key] as StateRecord) } });
}

function inCallback(name: string, change: (state: StateRecord) => StateRecord): Fault {
  return ({ tensors, state }) => {
    const owned = state['callbacks'] as readonly StateRecord[];
    if (!owned.some((one) => one['name'] === name)) throw new Error(`no ${name}`);
    const callbacks = owned.map((one) =>
      one['name'] === name ? { ...one, state: change(one['state'] as StateRecord) } : one,
    );
    return { tensors, state: { ...state, callbacks } };
  };
}

/** Changes the first number of a tensor: by its last bit, or by so much. */
function inTensor(name: string, by?: number): Fault {
  return ({ tensors, state }) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`no ${name} among ${[...tensors.keys()].join()}`);
    return { state, tensors: new Map(tensors).set(name, changed(tensor, by)) };
  };
}

function changed(tensor: SavedTensor, by: number | undefined): SavedTensor {
  const bytes = tensor.bytes.slice();
  if (by === undefined) bytes[0] = (bytes[0] ?? 0) ^ 1;
  else new Float32Array(bytes.buffer)[0] = (new Float32Array(bytes.buffer)[0] ?? 0) + by;
  return { ...tensor, bytes };
}
