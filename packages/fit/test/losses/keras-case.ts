import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** "nan" means NaN, which JSON cannot express. */
export type Numbers = number | 'nan' | readonly Numbers[];

/** One loss or metric as the real Keras computed it. `args` have Keras' names. */
export interface KerasCase {
  readonly kind: 'loss' | 'metric';
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly yTrue: Numbers;
  readonly yPred: Numbers;
  readonly sampleWeight: Numbers | null;
  readonly value: Numbers;
  /** The gradient of the loss with respect to yPred. */
  readonly gradient?: Numbers;
  /** The name that Keras gives an instance of the metric. */
  readonly logName?: string;
  readonly direction?: 'up' | 'down' | null;
}

const keys = [
  'kind',
  'name',
  'args',
  'yTrue',
  'yPred',
  'sampleWeight',
  'value',
  'gradient',
  'logName',
  'direction',
];

/** A part of a case that no test reads must not go unnoticed. */
export function checkCase(kerasCase: KerasCase): void {
  const unread = Object.keys(kerasCase).filter((key) => !keys.includes(key));
  expect(unread, 'parts of a recording that this test does not compare').toEqual([]);
}

export function titleOf(kerasCase: KerasCase, index: number): string {
  const { name, args, sampleWeight } = kerasCase;
  return `${index}: ${name} ${JSON.stringify(args)}${sampleWeight === null ? '' : ' with sample weights'}`;
}

/** The options for which null has a meaning; for all others, Python's None is an option that is not given. */
const nullable = ['average', 'threshold', 'classAggregation'];

/** Arguments in camel case. */
export function argsOf({ args }: KerasCase): Record<string, unknown> {
  const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const options = Object.entries(args).map(([name, value]) => [camel(name), value] as const);
  return Object.fromEntries(options.filter(([name, value]) => value !== null || nullable.includes(name)));
}

export function tensorOf(numbers: Numbers): Tensor {
  return tf.tensor(numbers as number[]);
}

export function flat(numbers: Numbers): number[] {
  return [numbers].flat(Infinity as 5).map((each) => (each === 'nan' ? Number.NaN : (each as number)));
}

/**
 * The largest difference of two lists of numbers, relative if they are larger than 1; Infinity if only one is
 * NaN.
 */
export function distance(found: readonly number[], wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Infinity;
  return Math.max(0, ...found.map((value, index) => apart(value, wanted[index]!)));
}

function apart(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
  return Number.isNaN(difference) ? Infinity : difference;
}
