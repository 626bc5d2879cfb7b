import { cpuBackend } from '@keepfit/backend-cpu';
import { type Phase, Trainer, useBackend } from '@keepfit/fit';
import { evaluate, fit, fromLayers, getTrainer, type LayersFitOptions } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

let x: tf.Tensor2D;
let y: tf.Tensor2D;
const quiet = { batchSize: 4, verbose: 0, seed: 3 } as const;

beforeAll(async () => {
  await useBackend(cpuBackend());
  x = tf.tensor2d(
    Array.from({ length: 16 }, (_, i) => Math.sin(i)),
    [8, 2],
  );
  y = tf.tensor2d(
    Array.from({ length: 16 }, (_, i) => Math.cos(i)),
    [8, 2],
  );
});

/** Two dense layers of one shape, so that a swapped state of an optimizer would go unnoticed. */
function build(): tf.Sequential {
  const seeded = (seed: number) => tf.initializers.glorotNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 2, inputShape: [2], kernelInitializer: seeded(1) }),
      tf.layers.dense({ units: 2, kernelInitializer: seeded(2) }),
    ],
  });
}

/** New options at each call, as a program has that writes them in the call of fit. */
function inPhases(model: tf.Sequential, more: object = {}): LayersFitOptions & { phases: Phase<'adam'>[] } {
  const loss: Phase['loss'] = (batch, { training }) => {
    const outputs = model.apply(batch.x, { training }) as tf.Tensor;
    return { loss: tf.losses.meanSquaredError(batch.y, outputs), outputs };
  };
  return { ...quiet, phases: [{ name: 'a', optimizer: 'adam', loss, ...more }] };
}

function byStep(model: tf.Sequential): LayersFitOptions & Required<Pick<LayersFitOptions, 'trainStep'>> {
  return {
    ...quiet,
    optimizers: { a: 'adam', b: { optimizer: 'rmsprop', weights: model.layers[1]! } },
    trainStep: (batch, { minimize }) => {
      const loss = () => tf.losses.meanSquaredError(batch.y, model.apply(batch.x) as tf.Tensor);
      return { loss: minimize('a', loss), b: minimize('b', loss) };
    },
  };
}

describe('an optimizer by name', () => {
  test('keeps its state while the name of its phase and its own name stay', async () => {
    const model = build();
    await fit(model, x, y, inPhases(model));
    const { optimizer } = getTrainer(model);
    await fit(model, x, y, inPhases(model));
    expect(getTrainer(model).optimizer).toBe(optimizer);
    await fit(model, x, y, inPhases(model, { name: 'other' }));
    expect(getTrainer(model).optimizer).not.toBe(optimizer);
  });

  test('keeps its state in trainStep too, alone and with weights, and from one to the other', async () => {
    const model = build();
    await fit(model, x, y, byStep(model));
    const { a, b } = getTrainer(model).optimizers;
    await fit(model, x, y, byStep(model));
    expect(getTrainer(model).optimizers).toEqual({ a, b });
    expect(getTrainer(model).optimizers['b']).toBe(b);
    await fit(model, x, y, inPhases(model));
    expect(getTrainer(model).optimizer).toBe(a);
  });

  test('ends two fits as one trainer that continues', async () => {
    const model = build();
    await fit(model, x, y, byStep(model));
    await fit(model, x, y, { ...byStep(model), epochs: 2, initialEpoch: 1 });
    const other = build();
    const { optimizers = {}, trainStep } = byStep(other);
    const trainer = new Trainer(fromLayers(other), { optimizers, trainStep });
    await trainer.fit(x, y, quiet);
    await trainer.fit(x, y, { ...quiet, epochs: 2, initialEpoch: 1 });
    expect(weightsOf(model)).toEqual(weightsOf(other));
  });

  test('keeps it in a phase of a class', async () => {
    const model = build();
    class Fitting {
      readonly name = 'a';
      readonly optimizer = 'adam';
      loss(batch: { x: tf.Tensor; y: tf.Tensor }): tf.Tensor {
        return tf.losses.meanSquaredError(batch.y, model.apply(batch.x) as tf.Tensor);
      }
    }
    await fit(model, x, y, { ...quiet, phases: [new Fitting()] });
    const { optimizer } = getTrainer(model);
    await fit(model, x, y, { ...quiet, phases: [new Fitting()] });
    expect(getTrainer(model).optimizer).toBe(optimizer);
  });
});

test('an optimizer knows its weights after another step came between', async () => {
  const train = async (isBetween: boolean): Promise<number[]> => {
    const model = build();
    model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
    await fit(model, x, y, quiet);
    if (isBetween) await evaluate(model, x, y, { verbose: 0, phases: inPhases(model).phases });
    model.layers[0]!.trainable = false;
    await fit(model, x, y, { ...quiet, loss: 'meanSquaredError' });
    return weightsOf(model);
  };
  expect(await train(true)).toEqual(await train(false));
});

test('metrics hold from phases to phases, and compile replaces them all', async () => {
  const model = build();
  await fit(model, x, y, { ...inPhases(model), metrics: ['mae'] });
  expect(Object.keys((await fit(model, x, y, inPhases(model))).history)).toEqual(['loss', 'mae']);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  expect(Object.keys((await fit(model, x, y, quiet)).history)).toEqual(['loss']);
  expect(getTrainer(model).optimizer).toBe(model.optimizer);
});

test('a list of phases that the program changed is another one', async () => {
  const model = build();
  const options = inPhases(model);
  await fit(model, x, y, options);
  options.phases.push({ ...options.phases[0]!, name: 'b' });
  expect(Object.keys((await fit(model, x, y, options)).history)).toEqual(['a_loss', 'b_loss', 'loss']);
});

test.each([
  ['a record', {}],
  ['nothing', [null]],
])('%s as phases is refused after phases too', async (_, phases) => {
  const model = build();
  await fit(model, x, y, inPhases(model));
  const error = await caught(fit(model, x, y, { ...quiet, phases: phases as never }));
  expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
});

test('options with lists follow data without targets, and what needs targets says so', async () => {
  const model = build();
  const needing = (more: object) => caught(fit(model, x, { ...inPhases(model), ...more }));
  expect((await needing({ classWeight: { 1: 2 } })).message).toMatch(/the data have no targets/);
  const loss = ({ x: inputs }: { x: tf.Tensor }) => tf.mean(model.apply(inputs) as tf.Tensor);
  const metrics = await needing({ ...inPhases(model, { loss }), metrics: ['mae'] });
  expect(metrics.message).toMatch(/metrics compare outputs with targets/);
});

function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}
