import type { CallbackHooks } from '@keepfit/callbacks';
import {
  add,
  conv2d,
  dispose,
  greaterEqual,
  cast,
  div,
  matMul,
  maxPool,
  mul,
  randomNormal,
  randomUniform,
  relu,
  reshape,
  softmax,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
  variable,
  type Variable,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { seeded } from '../random/seeded.js';
import { Trainer } from '../trainer.js';

const SAMPLES = 10;
const SIDE = 6;
const CLASSES = 3;

/** What a run ended with: the loss of each batch, and each weight's numbers, written so that equal texts are equal bits. */
export interface SmallResult {
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, string>>;
}

/** A training that lasts milliseconds: a convolution, a pool, dropout and a dense layer, by Adam. It is the same each time. */
export interface SmallTraining {
  readonly trainer: Trainer;
  run(epochs: number, callbacks?: readonly CallbackHooks[]): Promise<SmallResult>;
  dispose(): void;
}

export const STEPS_PER_EPOCH = 5;

export function smallTraining(): SmallTraining {
  const model = seeded(3, smallModel);
  const trainer = new Trainer(model, { optimizer: 'adam', loss: 'categoricalCrossentropy' });
  return {
    trainer,
    async run(epochs, callbacks = []) {
      const losses: number[] = [];
      const listen: CallbackHooks = {
        onTrainBatchEnd: (_, { loss = Number.NaN }) => void losses.push(loss),
        batchLogs: true,
      };
      await trainer.fit(images(), labels(), {
        epochs,
        batchSize: SAMPLES / STEPS_PER_EPOCH,
        seed: 11,
        verbose: 0,
        callbacks: [listen, ...callbacks],
      });
      return { losses, weights: await weightsOf(model) };
    },
    dispose: () => dispose(model.weights.map((weight) => weight.variable)),
  };
}

async function weightsOf(model: Model): Promise<Record<string, string>> {
  const read = model.weights.map(
    async ({ name, variable: weight }) => [name, shown(await weight.data())] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

/** Numbers as text, exactly: -0 and NaN too. */
function shown(numbers: ArrayLike<number>): string {
  return Array.from(numbers, (number) => (Object.is(number, -0) ? '-0' : String(number))).join();
}

function smallModel(): Model {
  const made = (initial: () => Tensor): Variable => tidy(() => variable(initial()));
  const weights = {
    kernel: made(() => randomNormal([3, 3, 1, 4], 0, 0.4)),
    bias: made(() => zeros([4])),
    dense: made(() => randomNormal([36, CLASSES], 0, 0.3)),
    denseBias: made(() => zeros([CLASSES])),
  };
  const call = (x: Tensor, training: boolean): Tensor => {
    const convolved = relu(
      add(conv2d(x as Tensor4D, weights.kernel as unknown as Tensor4D, 1, 'same'), weights.bias),
    );
    const flat = reshape(maxPool(convolved as Tensor4D, 2, 2, 'valid'), [-1, 36]);
    const kept = training
      ? mul(flat, div(cast(greaterEqual(randomUniform(flat.shape), 0.2), 'float32'), 0.8))
      : flat;
    return softmax(add(matMul(kept as Tensor2D, weights.dense as unknown as Tensor2D), weights.denseBias));
  };
  return {
    weights: Object.entries(weights).map(([name, weight]) => ({ name, variable: weight, trainable: true })),
    call: (inputs, { training }) => call(inputs as Tensor, training),
  };
}

function images() {
  const data = Float32Array.from(
    { length: SAMPLES * SIDE * SIDE },
    (_, index) => ((index * 7919 + 13) % 1009) / 504.5 - 1,
  );
  return { data, shape: [SAMPLES, SIDE, SIDE, 1] };
}

function labels() {
  const data = new Float32Array(SAMPLES * CLASSES);
  for (let sample = 0; sample < SAMPLES; sample++)
    data[sample * CLASSES + (((sample * 5) % 7) % CLASSES)] = 1;
  return { data, shape: [SAMPLES, CLASSES] };
}
