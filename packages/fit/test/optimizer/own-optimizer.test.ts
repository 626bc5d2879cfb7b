import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CheckpointStore } from '@keepfit/callbacks';
import { type TrainerOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { WeightNames } from '../../src/optimizer/weight-names.js';
import { writeFields } from '../../src/optimizer/write-fields.js';
import { caught } from '../helpers/caught.js';
import {
  AmsGrad,
  ByFrozenRecords,
  ById,
  ByKeptTensors,
  ByLazyMap,
  ByList,
  ByName,
  ByNameInList,
  ByPosition,
  ByVariable,
  Clipped,
  ComputedRate,
  Counting,
  gradientsOf,
  Lookahead,
  PrivateWithState,
  PrivateWithWeights,
  push,
  Twice,
  zeros,
} from '../helpers/own-optimizers.js';
import { Accumulating, ByOddFields, ByWeakMap, ByWindow } from '../helpers/odd-optimizers.js';
import { storedProgress } from '../helpers/stored.js';
import { storesAfter } from '../helpers/stores-after.js';
import { plainData } from '../helpers/plain-data.js';
import { throwAt } from '../helpers/throw-at.js';
import { type Ended, plainFitOptions, plainTrainer, trainPlain } from '../helpers/train-plain.js';
import { weightsOf } from '../helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));

const OPTIMIZERS: Record<string, () => tf.Optimizer> = {
  'a record by the names of tfjs': () => new ByName(),
  'a map that is made at the first step, with records': () => new ByLazyMap(),
  'a map by variables': () => new ByVariable(),
  'a record by the ids of variables': () => new ById(),
  'a list of variables': () => new ByList(),
  'a list of records with names': () => new ByNameInList(),
  'kept tensors, numbers, flags and arrays': () => new ByKeptTensors(),
  'frozen records, a big integer, a set and references to weights': () => new ByFrozenRecords(),
  'an inner optimizer and a schedule': () => new Lookahead(),
  'a subclass of Adam with more slots': () => new AmsGrad(0.05, 0.9, 0.999, 1e-7),
  'a subclass of SGD that sets its rate by a count': () => new Counting(0.1),
  'private fields with getWeights and setWeights': () => new PrivateWithWeights(),
  'private fields with readState and writeState': () => new PrivateWithState(),
  'gradients that it computes itself': () => new Clipped(0.05, 0.9, 0.999, 1e-7),
  'a minimize of its own': () => new Twice(0.05),
  'weak maps by variables': () => new ByWeakMap(),
  'a list that grows': () => new ByWindow(),
  'sums for an inner optimizer that makes its slots late': () => new Accumulating(),
  'a text, hidden fields, accessors and an array in two fields': () => new ByOddFields(),
};

const options = { epochs: 2, validationData: undefined } as const;
const trainerWith = (make: () => tf.Optimizer): Partial<TrainerOptions> => ({
  optimizer: make(),
  metrics: [],
});
async function stateAfter(step: number, make: () => tf.Optimizer) {
  const store = memoryStore();
  const crash = throwAt({ hook: 'onTrainBatchBegin', call: step + 1 });
  const before = [new BackupAndRestore(store, { saveFreq: 1 }), crash];
  await caught(trainPlain({ options, trainer: trainerWith(make), before }));
  expect((await storedProgress(store)).step).toBe(step);
  return store;
}

describe.each(Object.entries(OPTIMIZERS))('an optimizer with %s', (_name, make) => {
  let uninterrupted: Ended;
  let stores: readonly CheckpointStore[];
  beforeAll(async () => {
    uninterrupted = await trainPlain({ options, trainer: trainerWith(make) });
    const saved = await storesAfter({ options, trainer: trainerWith(make) });
    expect(saved.ended.proof, 'backups change nothing').toEqual(uninterrupted.proof);
    stores = saved.stores;
  });

  test('is restored bit for bit into a fresh one, from every step', async () => {
    for (const step of [1, 2, 5]) {
      const before = [new BackupAndRestore(stores[step]!, { saveFreq: 1 })];
      const { proof, whole } = await trainPlain({ init: 99, options, trainer: trainerWith(make), before });
      expect(proof, `step ${step}`).toEqual(uninterrupted.proof);
      expect(whole.history).toEqual(uninterrupted.whole.history);
    }
  });

  test('is restored into one with a memory of another training, and leaks no tensor', async () => {
    for (const step of [0, 4]) {
      const used = plainTrainer({ init: 50, trainer: trainerWith(make) });
      const rate = used.learningRate;
      await trainPlain({ options: { ...options, seed: 3 } }, used);
      used.learningRate = rate;
      const tensors = tf.memory().numTensors;
      const before = [new BackupAndRestore(stores[step]!, { saveFreq: 1 })];
      const { proof } = await trainPlain({ options, before }, used);
      expect(proof, `step ${step}`).toEqual(uninterrupted.proof);
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });
});

test('positions that look like names are restored, in a process that names its variables otherwise', async () => {
  const make = () => new ByPosition();
  const uninterrupted = await trainPlain({ options, trainer: trainerWith(make) });
  const store = await stateAfter(3, make);
  const before = [new BackupAndRestore(store, { saveFreq: 1 })];
  const { proof } = await trainPlain({ init: 99, options, trainer: trainerWith(make), before });
  const weights = ({ tensors }: typeof proof) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith('weights/')));
  expect(weights(proof)).toEqual(weights(uninterrupted.proof));
});

test('a rate that the optimizer computes comes with its state, and is not set', async () => {
  const losses: number[][] = [];
  const store = memoryStore();
  for (const crash of [undefined, 4, undefined]) {
    const trainer = plainTrainer({
      init: losses.length < 2 ? 1 : 99,
      trainer: trainerWith(() => new ComputedRate()),
    });
    const { x, y } = plainData(10);
    const callbacks = [
      ...(losses.length === 0 ? [] : [new BackupAndRestore(store, { saveFreq: 1 })]),
      ...(crash === undefined ? [] : [throwAt({ hook: 'onTrainBatchBegin', call: crash })]),
    ];
    await trainer.fit(x, y, { ...plainFitOptions(), callbacks }).catch(() => undefined);
    losses.push([...(trainer.history.history['loss'] ?? [])]);
  }
  expect(losses[0]).toHaveLength(3);
  expect(losses[2]).toEqual(losses[0]);
});

describe('an optimizer with tensors that nobody can read', () => {
  class Private extends ByName {
    static override className = 'Private';
    readonly #m = new Map<string, tf.Variable>();

    override applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
      for (const { name, weight, gradient } of gradientsOf(gradients)) {
        if (!this.#m.has(name)) this.#m.set(name, zeros(weight));
        push(weight, gradient, this.#m.get(name)!);
      }
    }
  }

  const hidden: Record<string, () => tf.Optimizer> = {
    'in private fields': () => new Private(),
    'in a closure, made before the first step': () => {
      const norm = tf.variable(tf.scalar(0), false);
      const sgd = tf.train.sgd(0.1);
      const { applyGradients } = sgd;
      sgd.applyGradients = (gradients) => {
        tf.tidy(() => norm.assign(tf.add(norm, 1)));
        applyGradients.call(sgd, gradients);
      };
      return sgd;
    },
    'in a closure, kept and replaced': () => {
      let mean: tf.Tensor = tf.keep(tf.scalar(0));
      const adam = tf.train.adam(0.1);
      const { applyGradients } = adam;
      adam.applyGradients = (gradients) => {
        const next = tf.tidy(() => tf.keep(tf.add(mean, 1)));
        mean.dispose();
        mean = next;
        applyGradients.call(adam, gradients);
      };
      return adam;
    },
    'in a WeakMap': () => {
      const slots = new WeakMap<tf.Variable, tf.Variable>();
      return new (class extends ByName {
        override applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
          for (const { weight, gradient } of gradientsOf(gradients)) {
            if (!slots.has(weight)) slots.set(weight, zeros(weight));
            push(weight, gradient, slots.get(weight)!);
          }
        }
      })();
    },
    'in gradients that it computes': () => {
      const norms: tf.Tensor[] = [];
      return new (class extends tf.SGDOptimizer {
        override computeGradients(f: () => tf.Scalar, list?: tf.Variable[]) {
          const { value, grads } = super.computeGradients(f, list);
          norms.push(tf.keep(tf.norm(Object.values(grads)[0]!)));
          return { value, grads };
        }
      })(0.1);
    },
  };

  test.each(Object.entries(hidden))(
    '%s is refused at the first step if it is to be backed up',
    async (_, make) => {
      const batches: number[] = [];
      const watch = { onTrainBatchBegin: (batch: number) => void batches.push(batch) };
      const before = [new BackupAndRestore(memoryStore()), watch];
      const error = await caught(trainPlain({ trainer: trainerWith(make), before }));
      expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
      expect(error.message).toMatch(/cannot be backed up.*leave \d+ tensors.*readState and writeState/);
      expect(batches).toEqual([0]);
    },
  );

  test.each(Object.entries(hidden))('%s trains without a backup, validation included', async (_, make) => {
    const trainer = plainTrainer({ trainer: trainerWith(make) });
    const { x, y } = plainData(10);
    await trainer.fit(x, y, plainFitOptions());
    expect(trainer.history.history['val_loss']).toHaveLength(3);
  });

  test('of a type that no checkpoint has, in a field, are refused with a backup only', async () => {
    class Complex extends ByName {
      static override className = 'Complex';
      readonly spectrum = tf.keep(tf.complex([1], [2]));
    }
    const trainer = trainerWith(() => new Complex());
    const error = await caught(trainPlain({ trainer, before: [new BackupAndRestore(memoryStore())] }));
    expect(error.message).toMatch(/KEEPFIT_INVALID_OPTION.*Complex.*its field spectrum is complex64/);
    const { x, y } = plainData(10);
    await plainTrainer({ trainer }).fit(x, y, plainFitOptions());
  });

  test.each([
    ['an iterator', 'rates', [0.1, 0.05].values()],
    ['a buffer of bytes', 'bytes', new ArrayBuffer(4)],
    ['a buffer of bytes', 'view', new DataView(new ArrayBuffer(4))],
    ['an array of big integers', 'counts', new BigInt64Array(1)],
    ['named by a symbol', Symbol('count'), 1],
  ])('%s in a field %s is refused with a backup only', async (kind, field, value) => {
    const trainer = trainerWith(() => Object.assign(new ByName(), { [field]: value }));
    const error = await caught(trainPlain({ trainer, before: [new BackupAndRestore(memoryStore())] }));
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
    expect(error.message).toContain(`ByName cannot be saved: its field ${String(field)} is ${kind}`);
    const { x, y } = plainData(10);
    await plainTrainer({ trainer }).fit(x, y, plainFitOptions());
  });

  test('is refused too if getWeights gives a part of them', async () => {
    class Forgetful extends Private {
      readonly #rest = tf.variable(tf.scalar(1), false);

      override applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
        tf.tidy(() => this.#rest.assign(tf.mul(this.#rest, 2)));
        super.applyGradients(gradients);
      }
      override async getWeights() {
        return [await this.saveIterations()];
      }
      override async setWeights() {}
    }
    const before = [new BackupAndRestore(memoryStore(), { saveFreq: 1 })];
    const error = await caught(trainPlain({ trainer: trainerWith(() => new Forgetful()), before }));
    expect(error.message).toMatch(/KEEPFIT_INVALID_OPTION: the optimizer Forgetful cannot be backed up/);
  });
});

test('an optimizer that refuses its saved state stays as it is, and so do the weights', async () => {
  const store = await stateAfter(3, () => new PrivateWithState());
  class Refusing extends PrivateWithState {
    static override className = 'PrivateWithState';
    isRefusing = true;

    override writeState(state: Record<string, tf.Tensor | number>): void {
      super.writeState(state);
      if (this.isRefusing && (state['n'] as number) > 0) throw new Error('not this one');
    }
  }
  const optimizer = new Refusing();
  const used = plainTrainer({ init: 5, trainer: { optimizer, metrics: [] } });
  const before = weightsOf(used);
  const error = await caught(trainPlain({ options, before: [new BackupAndRestore(store)] }, used));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(/refuses the saved state: not this one/);
  expect(weightsOf(used)).toEqual(before);
  expect(optimizer.readState()).toEqual({ n: 0 });
});

describe('a class', () => {
  const saveAndRefit = async (saved: () => tf.Optimizer, now: () => tf.Optimizer) => {
    const store = await stateAfter(3, saved);
    const before = [new BackupAndRestore(store)];
    return caught(trainPlain({ options, trainer: trainerWith(now), before }));
  };

  test('that inherits the name of its parent is another optimizer', async () => {
    const error = await saveAndRefit(
      () => tf.train.adam(0.05, 0.9, 0.999, 1e-7),
      () => new Clipped(0.05, 0.9, 0.999, 1e-7),
    );
    expect(error.message).toMatch(/optimizer\.class: saved "Adam", now "Clipped"/);
  });

  test('that reads its state in another way does not continue a checkpoint', async () => {
    class Changed extends ByName {
      static override className = 'PrivateWithState';
    }
    const error = await saveAndRefit(
      () => new PrivateWithState(),
      () => new Changed(),
    );
    expect(error.message).toMatch(/optimizer\.state: saved "readState", now "fields"/);
  });

  test('whose variables have other shapes does not continue a checkpoint', async () => {
    class Tall extends ByName {
      readonly step = tf.variable(tf.zeros([3]), false);
    }
    class Short extends ByName {
      readonly step = tf.variable(tf.zeros([2]), false);
    }
    const asTall = (Class: typeof Tall | typeof Short) => () => {
      Object.defineProperty(Class, 'className', { value: 'Tall' });
      return new Class();
    };
    const error = await saveAndRefit(asTall(Tall), asTall(Short));
    expect(error.message).toMatch(/optimizer\["step"\]: saved "float32 \[3\]", now "float32 \[2\]"/);
  });
});

test('a slot of a frozen weight is not given to another weight', async () => {
  const make = () => new ByList();
  const run = async (crash: boolean) => {
    const store = memoryStore();
    const ends: unknown[] = [];
    for (const call of crash ? [6, undefined] : [undefined]) {
      const trainer = plainTrainer({ init: ends.length + 1, trainer: trainerWith(make) });
      const model = trainer.model as unknown as { weights: { name: string; trainable: boolean }[] };
      const freeze = {
        onTrainBatchBegin() {
          model.weights.find(({ name }) => name === 'kernel1')!.trainable = false;
        },
      };
      const callbacks = [
        new BackupAndRestore(store, { saveFreq: 1, onMismatch: 'continue' }),
        ...(call === undefined ? [] : [throwAt({ hook: 'onTrainBatchBegin', call })]),
        freeze,
      ];
      const { x, y } = plainData(10);
      await trainer.fit(x, y, { ...plainFitOptions(), callbacks }).catch(() => undefined);
      ends.push(weightsOf(trainer));
    }
    return ends.at(-1);
  };
  expect(await run(true)).toEqual(await run(false));
});

test("an optimizer's own minimize and computeGradients are used, as by tfjs-layers' fit", async () => {
  const trainOne = async (optimizer: tf.Optimizer) => {
    const trainer = plainTrainer({ trainer: { optimizer, metrics: [] } });
    const { x, y } = plainData(6);
    const trained = trainer.model.weights.filter(({ trainable }) => trainable);
    const before = trained.map(({ variable }) => [...variable.dataSync()]);
    await trainer.trainOnBatch(x, y, { seed: 3 });
    return trained.flatMap(({ variable }, index) =>
      [...variable.dataSync()].map((value, at) => Math.abs(value - before[index]![at]!)),
    );
  };
  // A gradient of at most 0.01 at a rate of 1.
  class ClippedSgd extends tf.SGDOptimizer {
    override computeGradients = Clipped.prototype.computeGradients;
  }
  expect(Math.max(...(await trainOne(new ClippedSgd(1))))).toBeCloseTo(0.01, 6);
  const twice = new Twice(0.05);
  await trainOne(twice);
  expect(twice.iterations).toBe(2);
});

test('an optimizer without a learning rate is backed up, and a callback that wants the rate is told so', async () => {
  class Fixed extends ByName {
    static override className = 'Fixed';
    constructor() {
      super();
      Reflect.deleteProperty(this, 'learningRate');
    }
    override applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
      for (const { name, weight, gradient } of gradientsOf(gradients))
        push(weight, gradient, (this.m[name] ??= zeros(weight)));
    }
  }
  const store = memoryStore();
  const ends: unknown[] = [];
  const { x, y } = plainData(10);
  for (const [init, call] of [[1], [1, 5], [99]]) {
    const trainer = plainTrainer({ init: init ?? 1, trainer: trainerWith(() => new Fixed()) });
    const callbacks = [
      ...(ends.length === 0 ? [] : [new BackupAndRestore(store, { saveFreq: 1 })]),
      ...(call === undefined ? [] : [throwAt({ hook: 'onTrainBatchBegin', call })]),
    ];
    await trainer.fit(x, y, { ...plainFitOptions(), callbacks }).catch(() => undefined);
    ends.push(weightsOf(trainer));
    expect(() => trainer.learningRate).toThrow('KEEPFIT_INVALID_OPTION: the optimizer Fixed has no number');
  }
  expect(ends[2]).toEqual(ends[0]);
});

test('an optimizer that names its state in a way that no other process has is found out', async () => {
  class ByCount extends ByName {
    static override className = 'ByCount';

    override applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
      for (const { name, weight, gradient } of gradientsOf(gradients))
        push(weight, gradient, (this.m[`slot${name}`] ??= zeros(weight)));
    }
  }
  const store = await stateAfter(3, () => new ByCount());
  const before = [new BackupAndRestore(store)];
  const error = await caught(
    trainPlain({ init: 9, options, trainer: trainerWith(() => new ByCount()), before }),
  );
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(
    /the optimizer ByCount did not find its restored state: it made "m\/slot\d+"/,
  );
  expect((await storedProgress(store)).step).toBe(3);
});

test('a checkpoint cannot replace a method or a prototype of an optimizer', () => {
  const optimizer = new ByName();
  const { applyGradients } = optimizer;
  writeFields(
    optimizer,
    new WeightNames([], []),
    {
      object: [
        ['applyGradients', { value: 1 }],
        [['__pro', 'to', '__'], { record: [['x', { value: 1 }]] }],
        ['n', { value: 2 }],
      ],
    },
    new Map(),
  );
  expect(optimizer.applyGradients).toBe(applyGradients);
  expect(Object.getPrototypeOf(optimizer)).toBe(ByName.prototype);
  expect(optimizer).toMatchObject({ n: 2 });
});
