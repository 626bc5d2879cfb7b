import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { fit, fromLayers } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';

interface KerasCase {
  readonly kind: 'plain' | 'nested' | 'time-distributed';
  readonly options: Readonly<Record<string, unknown>>;
  /** What is not trainable: the layer itself, what contains it, or the whole model. */
  readonly frozen: 'layer' | 'outer' | 'model' | null;
  readonly loss: readonly number[];
  readonly weights: readonly (readonly number[])[];
}

/** Recorded by `scripts/recordings/frozen-batch-norm.py`. */
const file = fileURLToPath(new URL('./data/frozen-batch-norm.json', import.meta.url));
const { cases, epochs } = JSON.parse(readFileSync(file, 'utf8')) as { cases: KerasCase[]; epochs: number };

type Layer = ReturnType<typeof tf.layers.batchNormalization>;

beforeAll(() => useBackend(cpuBackend()));

describe('trains as Keras does, to the same losses and weights', () => {
  test.each(cases.map((each) => [each.frozen ?? 'nothing', each.kind, each.options, each] as const))(
    'with %s frozen in a %s model, %j',
    async (_frozen, kind, options, recorded) => {
      const { model, normalization, outer } = build(kind, options);
      setWeights(model);
      const before = movingOf(normalization);
      const target = { layer: normalization, outer, model }[recorded.frozen ?? 'layer'];
      if (recorded.frozen !== null) target.trainable = false;
      if (recorded.frozen === 'model') {
        // Keras goes through the epochs without any effect; fit says so at once.
        expect((await caught(train(model, kind, epochs))).message).toMatch(/has no trainable weight/);
        expect(movingOf(normalization)).toEqual(before);
        return;
      }
      const { history } = await train(model, kind, epochs);
      expectNear(history['loss'] ?? [], recorded.loss);
      const weights = weightsOf(model);
      expect(weights).toHaveLength(recorded.weights.length);
      recorded.weights.forEach((values, index) => expectNear(weights[index]!, values));
      if (recorded.frozen === null) expect(movingOf(normalization)).not.toEqual(before);
      else expect(movingOf(normalization)).toEqual(before);
    },
  );
});

test('a layer that is thawed between two fits trains as one that never was frozen', async () => {
  const [thawed, other] = [build('nested'), build('nested')];
  for (const { model } of [thawed, other]) setWeights(model);
  thawed.outer.trainable = false;
  await train(thawed.model, 'nested', 1);
  thawed.outer.trainable = true;
  other.model.setWeights(thawed.model.getWeights());
  await train(thawed.model, 'nested', 1);
  await train(other.model, 'nested', 1);
  expect(weightsOf(thawed.model)).toEqual(weightsOf(other.model));
});

test('a callback freezes a layer from the next step on', async () => {
  const { model, normalization } = build('plain');
  const moving: number[][][] = [];
  const freeze: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: (batch) => {
      moving.push(movingOf(normalization));
      if (batch === 0) normalization.trainable = false;
    },
  };
  const before = movingOf(normalization);
  await train(model, 'plain', 1, [freeze]);
  expect(moving).toHaveLength(2);
  expect(moving[0]).not.toEqual(before);
  expect(moving[1]).toEqual(moving[0]);
});

test('the layers of a frozen base model are frozen in another model that shares them', async () => {
  const { base, normalization } = sharedBase();
  base.trainable = false;
  const head = tf.layers.dense({ units: 1 }).apply(base.outputs[0] as tf.SymbolicTensor);
  const model = tf.model({ inputs: base.inputs, outputs: head as tf.SymbolicTensor });
  const before = movingOf(normalization);
  await train(model, 'plain', 1);
  expect(movingOf(normalization)).toEqual(before);
  base.trainable = true;
  await train(model, 'plain', 1);
  expect(movingOf(normalization)).not.toEqual(before);
});

test('a layer in two places is frozen if a model around one of them is', async () => {
  const { base, normalization } = sharedBase();
  const input = tf.input({ shape: [2] });
  const inner = base.apply(input) as tf.SymbolicTensor;
  const again = normalization.apply(tf.layers.dense({ units: 3 }).apply(input) as tf.SymbolicTensor);
  const sum = tf.layers.add().apply([inner, again as tf.SymbolicTensor]) as tf.SymbolicTensor;
  const head = tf.layers.dense({ units: 1 }).apply(sum) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: head });
  base.trainable = false;
  const before = movingOf(normalization);
  await train(model, 'plain', 1);
  expect(movingOf(normalization)).toEqual(before);
});

describe('also in classes of your own', () => {
  const Base = tf.layers.batchNormalization({}).constructor as new (args: object) => Layer;

  class Subclass extends Base {
    static readonly className = 'Subclass';
  }

  /** A block that holds a layer in a list. */
  class Block extends tf.layers.Layer {
    static readonly className: string = 'Block';
    readonly parts: Layer[] = [tf.layers.batchNormalization({})];
    override build(shape: tf.Shape): void {
      for (const part of this.parts) part.build(shape);
      super.build(shape);
    }
    override call(inputs: tf.Tensor | tf.Tensor[], context: object): tf.Tensor | tf.Tensor[] {
      return this.parts.reduce((values, part) => part.call(values as tf.Tensor, context), inputs);
    }
    override computeOutputShape(shape: tf.Shape): tf.Shape {
      return shape;
    }
  }

  /** A block that holds its layers by name, one level down. */
  class Named extends Block {
    static override readonly className = 'Named';
    override readonly parts: Layer[] = [];
    readonly named = { inner: new Map([['normalization', [tf.layers.batchNormalization({})]]]) };
    get normalization(): Layer {
      return this.named.inner.get('normalization')![0]!;
    }
    override build(shape: tf.Shape): void {
      this.normalization.build(shape);
      super.build(shape);
    }
    override call(inputs: tf.Tensor | tf.Tensor[], context: object): tf.Tensor | tf.Tensor[] {
      return this.normalization.call(inputs as tf.Tensor, context);
    }
  }

  test.each([
    ['a subclass', () => new Subclass({}), (layer: tf.layers.Layer) => layer as Layer],
    ['a layer within a layer', () => new Block({}), (layer: tf.layers.Layer) => (layer as Block).parts[0]!],
    ['a layer in a map', () => new Named({}), (layer: tf.layers.Layer) => (layer as Named).normalization],
  ])('%s', async (_title, create, normalizationOf) => {
    const own = create() as tf.layers.Layer;
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 3, inputShape: [2] }), own, tf.layers.dense({ units: 1 })],
    });
    const before = movingOf(normalizationOf(own));
    own.trainable = false;
    await train(model, 'plain', 1);
    expect(movingOf(normalizationOf(own))).toEqual(before);
    own.trainable = true;
    await train(model, 'plain', 1);
    expect(movingOf(normalizationOf(own))).not.toEqual(before);
  });
});

test('the layer is as it was after each step, also after one that throws', async () => {
  const { model, normalization } = build('plain', { scale: false, center: false });
  normalization.trainable = false;
  const before = Object.getOwnPropertyDescriptors(normalization);
  const { call } = normalization;
  const stopped = caught(train(model, 'plain', 1, [throwAt({ hook: 'onTrainBatchEnd', call: 1 })]));
  expect((await stopped).code).toBe('KEEPFIT_HOOK_FAILED');
  const wrapped = fromLayers(model);
  expect(() => tf.tidy(() => wrapped.call(tf.ones([4, 7]), { training: true }))).toThrow();
  expect(Object.keys(Object.getOwnPropertyDescriptors(normalization)).sort()).toEqual(
    Object.keys(before).sort(),
  );
  expect(normalization.call).toBe(call);
  expect(normalization).toMatchObject({ scale: false, trainable: false });
});

test('no tensor is left by a frozen layer without a scale', async () => {
  const { model, normalization } = build('plain', { scale: false });
  normalization.trainable = false;
  const { x, y } = rowsOf('plain');
  await train(model, 'plain', 1);
  const { numTensors } = tf.memory();
  await fit(model, x, y, { batchSize: 4, verbose: 0 });
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('a checkpoint', () => {
  /** Without weights to train, so that no flag of a weight tells that the layer is frozen. */
  const bare = { scale: false, center: false };

  test('of a frozen layer does not fit a thawed one, and names it', async () => {
    const store = memoryStore();
    const frozen = build('nested', bare);
    frozen.normalization.trainable = false;
    const crash = throwAt({ hook: 'onTrainBatchEnd', call: 3 });
    await caught(train(frozen.model, 'nested', 2, [new BackupAndRestore(store, { saveFreq: 1 }), crash]));
    const thawed = build('nested', bare);
    const error = await caught(train(thawed.model, 'nested', 2, [new BackupAndRestore(store)]));
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(/frozenBatchNormalization.*batch_normalization/);
  });

  test('of a frozen layer continues exactly', async () => {
    const run = async (crashes: boolean) => {
      const store = memoryStore();
      for (const crash of crashes ? [[throwAt({ hook: 'onTrainBatchEnd', call: 3 })], []] : [[]]) {
        const { model, normalization } = build('nested', bare);
        setWeights(model);
        normalization.trainable = false;
        const ended = train(model, 'nested', 2, [new BackupAndRestore(store, { saveFreq: 1 }), ...crash]);
        if (crash.length > 0) await caught(ended);
        else return [(await ended).history, weightsOf(model)];
      }
      return undefined;
    };
    const [history, weights] = (await run(false))!;
    const [resumed, resumedWeights] = (await run(true))!;
    expect(resumedWeights).toEqual(weights);
    expect((resumed as { loss: number[] }).loss.at(-1)).toBe((history as { loss: number[] }).loss.at(-1));
  });
});

function build(kind: KerasCase['kind'], options: KerasCase['options'] = {}) {
  const { batchNormalization, dense, flatten, timeDistributed } = tf.layers;
  const normalization = batchNormalization({ momentum: 0.9, ...options });
  if (kind === 'time-distributed') {
    const outer = timeDistributed({ layer: normalization, inputShape: [3, 2] });
    return {
      model: tf.sequential({ layers: [outer, flatten(), dense({ units: 1 })] }),
      normalization,
      outer,
    };
  }
  const first = dense({ units: 3, inputShape: [2] });
  const last = dense({ units: 1 });
  if (kind === 'plain') {
    const model = tf.sequential({ layers: [first, normalization, last] });
    return { model, normalization, outer: model };
  }
  const outer = tf.sequential({ layers: [dense({ units: 3, inputShape: [3] }), normalization] });
  return { model: tf.sequential({ layers: [first, outer, last] }), normalization, outer };
}

function sharedBase() {
  const input = tf.input({ shape: [2] });
  const normalization = tf.layers.batchNormalization({});
  const hidden = tf.layers.dense({ units: 3 }).apply(input) as tf.SymbolicTensor;
  const base = tf.model({ inputs: input, outputs: normalization.apply(hidden) as tf.SymbolicTensor });
  return { base, normalization };
}

function rowsOf(kind: KerasCase['kind']) {
  const shape = kind === 'time-distributed' ? [8, 3, 2] : [8, 2];
  const size = shape.reduce((product, each) => product * each);
  const x = { data: Float32Array.from({ length: size }, (_, i) => 2 + Math.sin(1 + i)), shape };
  const y = { data: Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)), shape: [8, 1] };
  return { x, y };
}

function train(
  model: tf.LayersModel,
  kind: KerasCase['kind'],
  count: number,
  callbacks: CallbackHooks[] = [],
) {
  const { x, y } = rowsOf(kind);
  model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
  return fit(model, x, y, { batchSize: 4, epochs: count, shuffle: false, verbose: 0, callbacks });
}

/** The weights that the recording began with: small, and the moving variances positive. */
function setWeights(model: tf.LayersModel): void {
  variablesOf(model).forEach(({ name, variable }, index) => {
    const isPositive = /gamma|variance/.test(name);
    const value = (i: number) => Math.fround(0.4 * Math.sin(index + 2 * i + 1)) + (isPositive ? 1 : 0);
    tf.tidy(() =>
      variable.assign(
        tf.tensor(
          Float32Array.from({ length: variable.size }, (_, i) => value(i)),
          variable.shape,
        ),
      ),
    );
  });
}

/** Layer by layer, as each layer made them. */
function variablesOf(model: tf.LayersModel) {
  return fromLayers(model).weights;
}

function weightsOf(model: tf.LayersModel): number[][] {
  return variablesOf(model).map(({ variable }) => [...variable.dataSync()]);
}

function movingOf(normalization: tf.layers.Layer): number[][] {
  const moving = normalization.weights.filter(({ name }) => name.includes('moving'));
  expect(moving).toHaveLength(2);
  return moving.map((weight) => [...weight.read().dataSync()]);
}

function expectNear(values: readonly number[], recorded: readonly number[]): void {
  expect(values).toHaveLength(recorded.length);
  values.forEach((value, index) => {
    const wanted = recorded[index] ?? NaN;
    const distance = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    expect(distance, `${value} for ${wanted}`).toBeLessThan(1e-5);
  });
}
