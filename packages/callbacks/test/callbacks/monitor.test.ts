import { afterEach, expect, test, vi } from 'vitest';
import { Monitor } from '../../src/callbacks/monitor.js';
import { FakeTrainer } from '../fake-trainer.js';

afterEach(() => void vi.restoreAllMocks());

const warnings = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined);

test('finds the value and compares it in the direction of the mode', () => {
  const seen = (mode: 'min' | 'max') => new Monitor('It', 'x', mode).observe({ x: 2 }, new FakeTrainer());
  expect(seen('min')?.value).toBe(2);
  expect([1, 2, 3, undefined].map((reference) => seen('min')?.isBetterThan(reference))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect([1, 2, 3, undefined].map((reference) => seen('max')?.isBetterThan(reference))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('takes no smaller step than the least difference for better, judged in float32', () => {
  const better = (value: number, reference: number) =>
    new Monitor('It', 'x', 'min', 0.1).observe({ x: value }, new FakeTrainer())?.isBetterThan(reference);
  expect([better(0.7, 0.8), better(0.75, 0.8), better(0.69, 0.8)]).toEqual([false, false, true]);
});

test('takes NaN for worse than any number', () => {
  for (const mode of ['min', 'max'] as const) {
    const seen = (x: number) => new Monitor('It', 'x', mode).observe({ x }, new FakeTrainer())!;
    expect([undefined, NaN, 1].map((reference) => seen(NaN).isBetterThan(reference))).toEqual([
      false,
      false,
      false,
    ]);
    expect([seen(1).isBetterThan(NaN), seen(Infinity).isBetterThan(undefined)]).toEqual([true, true]);
  }
});

test('does not mind the sign of the least difference', () => {
  const better = (mode: 'min' | 'max', x: number) =>
    new Monitor('It', 'x', mode, -0.1).observe({ x }, new FakeTrainer())?.isBetterThan(1);
  expect([better('min', 0.95), better('min', 0.85), better('max', 1.05), better('max', 1.15)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

const falling = ['loss', 'val_loss', 'decoder_loss', 'mae', 'val_mean_squared_error', 'binary_crossentropy'];

test.each(falling)('knows that %s should fall', (key) => {
  expect(new Monitor('It', key, 'auto').observe({ [key]: 1 }, new FakeTrainer())?.isBetterThan(2)).toBe(true);
});

test.each([
  'acc',
  'val_accuracy',
  'top_k_categorical_accuracy',
  'auc_1',
  'val_precision',
  'recall',
  'f1_score',
  'macro_f1',
])('knows that %s should rise', (key) => {
  expect(new Monitor('It', key, 'auto').observe({ [key]: 1 }, new FakeTrainer())?.isBetterThan(0)).toBe(true);
});

test('asks the trainer before it goes by the name', () => {
  const trainer = new FakeTrainer({ val_loss: 'max', novel: 'min' });
  expect(new Monitor('It', 'val_loss', 'auto').observe({ val_loss: 1 }, trainer)?.isBetterThan(0)).toBe(true);
  expect(new Monitor('It', 'novel', 'auto').observe({ novel: 1 }, trainer)?.isBetterThan(2)).toBe(true);
});

test('refuses to guess a direction', () => {
  const observe = () =>
    new Monitor('EarlyStopping', 'novel', 'auto').observe({ novel: 1 }, new FakeTrainer());
  expect(observe).toThrow(
    /KEEPFIT_INVALID_OPTION: EarlyStopping cannot tell whether "novel" should fall or rise/,
  );
});

test('warns once a training of a log that is not there, naming those that are', () => {
  const warn = warnings();
  const monitor = new Monitor('EarlyStopping', 'val_los', 'auto');
  const observe = () => monitor.observe({ loss: 1, val_loss: 2 }, new FakeTrainer());
  expect([observe(), observe()]).toEqual([undefined, undefined]);
  const message =
    'EarlyStopping monitors "val_los", which is not among the logs of this epoch: loss, val_loss';
  expect(warn.mock.calls).toEqual([[message]]);
  monitor.reset();
  observe();
  expect(warn).toHaveBeenCalledTimes(2);
});

test.each([
  ['acc', 'accuracy'],
  ['accuracy', 'acc'],
  ['val_acc', 'val_accuracy'],
  ['out_accuracy', 'out_acc'],
])('finds %s as %s, with one hint', (key, logged) => {
  const warn = warnings();
  const monitor = new Monitor('It', key, 'auto');
  const observe = () => monitor.observe({ loss: 3, [logged]: 0.5 }, new FakeTrainer());
  expect([observe()?.value, observe()?.isBetterThan(0.4)]).toEqual([0.5, true]);
  expect(warn.mock.calls).toEqual([
    [`It monitors "${key}", which is logged here as "${logged}"; it uses that`],
  ]);
});
