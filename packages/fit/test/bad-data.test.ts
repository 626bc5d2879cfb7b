import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainTrainer } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

describe('data that do not fit are refused with what came and what would do', () => {
  const rows = (count: number, width = 3): number[][] =>
    Array.from({ length: count }, () => new Array<number>(width).fill(0.5));

  test.each<[what: string, x: unknown, y: unknown, message: RegExp]>([
    ['no x', undefined, rows(4, 1), /^x .*undefined/],
    ['x as text', 'abc', rows(4, 1), /^x must be a tensor, .*, not "abc"/],
    ['a typed array without a shape', new Float32Array(12), rows(4, 1), /^x .*shape/],
    ['y as a typed array without a shape', rows(4), new Float32Array(4), /^y .*shape/],
    [
      'another shape than data',
      { data: new Float32Array(11), shape: [4, 3] },
      rows(4, 1),
      /^x has shape \[4, 3\], which is 12 values, but its data holds 11/,
    ],
    [
      'a shape that is none',
      { data: new Float32Array(12), shape: [4, -3] },
      rows(4, 1),
      /^x must be a tensor/,
    ],
    [
      'no samples',
      { data: new Float32Array(0), shape: [0, 3] },
      { data: new Float32Array(0), shape: [0, 1] },
      /^x has no samples/,
    ],
    ['a scalar', { data: new Float32Array(1), shape: [] }, rows(1, 1), /^x has no axis/],
    [
      'rows of unequal lengths',
      [
        [1, 2, 3],
        [1, 2],
      ],
      rows(2, 1),
      /^x must be nested arrays of numbers with rows of equal lengths/,
    ],
    [
      'rows of unequal lengths that add up',
      [
        [1, 2, 3],
        [1, 2],
        [1, 2, 3, 4],
      ],
      rows(3, 1),
      /^x must be nested arrays of numbers with rows of equal lengths/,
    ],
    ['text within arrays', [['1', '2', '3']], rows(1, 1), /^x must be nested arrays of numbers/],
    [
      'fewer targets than samples',
      rows(4),
      rows(3, 1),
      /^y has 3 samples and x has 4; they must have the same number/,
    ],
    [
      'a record where the model has no names',
      { a: rows(4), b: rows(4) },
      rows(4, 1),
      /^x is a record, and the model does not name its inputs/,
    ],
    ['targets of another shape than the outputs', rows(4), rows(4, 2), /shape.*\[4,2\].*\[4,1\]/],
  ])('%s', async (_what, x, y, message) => {
    const trainer = plainTrainer();
    const error = await caught(trainer.fit(x as never, y as never, { verbose: 0 }));
    expect(error.code).toBe('KEEPFIT_INVALID_DATA');
    expect(error.message.replace('KEEPFIT_INVALID_DATA: ', '')).toMatch(message);
  });

  test('a tensor that is disposed', async () => {
    const x = tf.ones([4, 3]);
    x.dispose();
    const error = await caught(plainTrainer().fit(x, rows(4, 1), { verbose: 0 }));
    expect(error.code).toBe('KEEPFIT_INVALID_DATA');
    expect(error.message).toMatch(/x .*disposed/);
  });

  test('a scalar tensor, a tensor of text', async () => {
    for (const [x, message] of [
      [tf.scalar(1), /x is a scalar/],
      [tf.tensor(['a', 'b']), /x must hold numbers, and is a tensor of string/],
    ] as const) {
      const error = await caught(plainTrainer().fit(x, rows(4, 1), { verbose: 0 }));
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(message);
    }
  });

  test('sample weights of another length or shape', async () => {
    for (const [sampleWeight, message] of [
      [rows(4, 1).flat().slice(1), /sampleWeight has 3 samples and x has 4/],
      [rows(4, 2), /weights of shape \[4,2\] do not fit values of shape \[4\]/],
    ] as const) {
      const error = await caught(plainTrainer().fit(rows(4), rows(4, 1), { sampleWeight, verbose: 0 }));
      expect(error.code).toBe('KEEPFIT_INVALID_DATA');
      expect(error.message).toMatch(message);
    }
  });

  test('weights that do not fit the loss, before any hook runs, also those of validation data', async () => {
    const onTrainBegin = vi.fn();
    const right = rows(4, 1);
    const fitWith = (more: object) =>
      plainTrainer().fit(rows(4), rows(4, 1), { verbose: 0, callbacks: [{ onTrainBegin }], ...more });
    for (const [more, name] of [
      [{ sampleWeight: rows(4, 2) }, 'sampleWeight of fit'],
      [{ validationData: [rows(4), rows(4, 1), rows(4, 2)] }, 'validationData'],
    ] as const) {
      const { message } = await caught(fitWith(more));
      expect(message).toBe(
        `KEEPFIT_INVALID_DATA: ${name}: weights of shape [4,2] do not fit values of shape [4]; give one weight per sample, or one per value`,
      );
    }
    expect(onTrainBegin).not.toHaveBeenCalled();
    const trainer = plainTrainer();
    const options = {
      sampleWeight: right,
      validationData: [rows(4), rows(4, 1), right] as const,
      verbose: 0,
    } as const;
    await trainer.fit(rows(4), rows(4, 1), options);
    const { numTensors } = tf.memory();
    await trainer.fit(rows(4), rows(4, 1), options);
    await caught(trainer.fit(rows(4), rows(4, 1), { ...options, sampleWeight: rows(4, 2) }));
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('validation data', async () => {
    const error = await caught(
      plainTrainer().fit(rows(4), rows(4, 1), { validationData: [rows(3), rows(2, 1)], verbose: 0 }),
    );
    expect(error.code).toBe('KEEPFIT_INVALID_DATA');
    expect(error.message).toMatch(/validation/);
  });

  test('validation data without targets', async () => {
    const error = await caught(
      plainTrainer().fit(rows(4), rows(4, 1), { validationData: [rows(3), undefined as never], verbose: 0 }),
    );
    expect(error.message).toMatch(/^KEEPFIT_INVALID_DATA: validationData: y is missing/);
  });

  test('a batch with a record where the model has no names', async () => {
    const inputs = await caught(
      plainTrainer().fit(() => [{ xs: { a: rows(2) }, ys: rows(2, 1) }], { verbose: 0 }),
    );
    expect(inputs.message).toMatch(/xs is a record, and the model does not name its inputs; give a list/);
    const targets = await caught(
      plainTrainer().fit(() => [{ xs: rows(2), ys: { a: rows(2, 1) } }], { verbose: 0 }),
    );
    expect(targets.message).toMatch(/ys is a record, and the model does not name its outputs; give a list/);
  });
});
