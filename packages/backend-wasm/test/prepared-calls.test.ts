import { Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';
import { layOutBuffers } from '../src/prepared/lay-out-buffers.js';

interface TfjsWasm {
  wasm: { _malloc(byteLength: number): number; HEAPU8: Uint8Array };
  numDataIds(): number;
}

beforeAll(() => useBackend(wasmBackend()));

/** A model whose step takes kernels of the module, of JavaScript and of tfjs, and one that reads in JavaScript. */
function createTrainer(): { trainer: Trainer; kernels: tf.Variable[] } {
  const first = tf.variable(tf.randomNormal([6, 8], 0, 1, 'float32', 1));
  const second = tf.variable(tf.randomNormal([8, 2], 0, 1, 'float32', 2));
  const kernels = [first, second];
  const model = {
    weights: kernels.map((variable, index) => ({ name: `kernel ${index}`, variable, trainable: true })),
    call: (x: tf.Tensor | tf.Tensor[]) => {
      const hidden = tf.prelu(
        tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D),
        tf.sigmoid(first.slice([0, 0], [1, 8])),
      );
      return tf.softmax(tf.matMul(tf.clipByValue(hidden, -1, 1) as tf.Tensor2D, second as tf.Tensor2D));
    },
  };
  return { trainer: new Trainer(model, { optimizer: tf.train.sgd(0.1), loss: 'mse' }), kernels };
}

async function train(replay: boolean, { trainer, kernels } = createTrainer()): Promise<number[]> {
  const [x, y] = [
    tf.randomNormal([22, 6], 0, 1, 'float32', 3),
    tf.randomUniform([22, 2], 0, 1, 'float32', 4),
  ];
  await trainer.fit(x, y, { batchSize: 2, seed: 5, verbose: 0, replay });
  expect(trainer.replay.active).toBe(replay);
  tf.dispose([x, y]);
  return kernels.flatMap((kernel) => [...kernel.dataSync()]);
}

const getBackend = (): TfjsWasm => tf.backend() as unknown as TfjsWasm;

test('prepared calls of every kind of kernel give the bits of the kernels', async () => {
  expect(await train(true)).toEqual(await train(false));
});

test('a step that no longer computes what was prepared is found by the next comparison', async () => {
  const { trainer } = createTrainer();
  const { call } = trainer.model;
  let factor = 1;
  trainer.model.call = (x, options) => tf.mul(call(x, options) as tf.Tensor, factor);
  const hook = {
    onTrainBatchBegin(batch: number): void {
      if (batch === 8) factor = 2;
    },
  };
  const [x, y] = [tf.ones([22, 6]), tf.ones([22, 2])];
  await expect(
    trainer.fit(x, y, { batchSize: 2, seed: 5, verbose: 0, replay: true, callbacks: hook }),
  ).rejects.toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
});

test('without room for the arena, the kernels are called as always', async () => {
  const { wasm } = getBackend();
  const { _malloc } = wasm;
  const refused: number[] = [];
  // The arena is the only memory of such a size.
  wasm._malloc = (byteLength) => {
    if (byteLength % 64 === 0 && byteLength > 512 && byteLength < 4096) {
      refused.push(byteLength);
      throw new Error('no room');
    }
    return _malloc(byteLength);
  };
  try {
    expect(await train(true)).toEqual(await train(false));
  } finally {
    wasm._malloc = _malloc;
  }
  expect(refused).not.toEqual([]);
});

test('leaves no memory behind, and the heap does not grow', async () => {
  const subject = createTrainer();
  await train(true, subject);
  const measure = (): number[] => {
    const { wasm } = getBackend();
    return [getBackend().numDataIds(), tf.memory().numTensors, wasm.HEAPU8.length];
  };
  const before = measure();
  for (let run = 0; run < 10; run++) await train(true, subject);
  expect(measure()).toEqual(before);
});

describe('the layout of an arena', () => {
  const buffers = [
    { byteLength: 100, first: 0, last: 3 },
    { byteLength: 4, first: 0, last: 1 },
    { byteLength: 200, first: 1, last: 1 },
    { byteLength: 60, first: 2, last: 4 },
    { byteLength: 128, first: 4, last: 5 },
    { byteLength: 0, first: 5, last: 5 },
  ];

  test('keeps buffers apart that are used at the same time', () => {
    const { offsets, byteLength } = layOutBuffers(buffers);
    buffers.forEach((a, i) => {
      expect(offsets[i]! + a.byteLength).toBeLessThanOrEqual(byteLength);
      buffers.slice(i + 1).forEach((b, next) => {
        if (a.last < b.first || b.last < a.first) return;
        const j = i + 1 + next;
        const isApart =
          offsets[i]! + a.byteLength <= offsets[j]! || offsets[j]! + b.byteLength <= offsets[i]!;
        expect(isApart, `${i} and ${j}`).toBe(true);
      });
    });
  });

  test('shares memory between those that are not, in steps of 64 bytes', () => {
    const { offsets, byteLength } = layOutBuffers(buffers);
    expect(offsets).toEqual([0, 128, 192, 128, 0, 0]);
    expect(byteLength).toBe(448);
  });
});
