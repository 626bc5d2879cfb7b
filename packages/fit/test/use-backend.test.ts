import { cpuBackend } from '@keepfit/backend-cpu';
import { KeepfitError } from '@keepfit/callbacks';
import { type Backend, replaceKernels, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { currentKernels } from '../src/backend/kernels.js';
import { caught } from './helpers/caught.js';

let events: string[];

beforeEach(async () => {
  await useBackend(cpuBackend());
  events = [];
});

afterEach(() => useBackend(cpuBackend()));

/** The cpu backend by a name and version of its own, which tells what is done with it. */
function told(name: string, start: () => Promise<boolean> = () => tf.setBackend('cpu')): Backend {
  return {
    ...{ name, kernels: `${name} 1` },
    start() {
      events.push(`start ${name}`);
      return start();
    },
    stop: () => void events.push(`stop ${name}`),
  };
}

const absent = async (): Promise<boolean> => false;
const broken = async (): Promise<boolean> => {
  throw new Error('its file is not there');
};

test('the first of a list that starts is the one', async () => {
  const [first, second, third] = [told('first', absent), told('second'), told('third')];
  expect(await useBackend([first, second, third])).toBe(second);
  expect(events).toEqual(['start first', 'start second']);
});

test('where a later one starts, a line says why the others did not', async () => {
  const lines: unknown[] = [];
  const spy = vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(line));
  await useBackend([told('first', absent), told('second', broken), told('third')]);
  await useBackend(told('fourth'));
  spy.mockRestore();
  expect(lines).toEqual([
    'Training on "third" because first is not available on this machine; second: its file is not there.',
  ]);
});

test('the one before is stopped, once, before another starts', async () => {
  await useBackend(told('first'));
  await useBackend(told('second'));
  await useBackend(told('third'));
  expect(events).toEqual(['start first', 'stop first', 'start second', 'stop second', 'start third']);
});

test('the one before runs on where none starts, with its kernels', async () => {
  await useBackend(told('first'));
  await expect(useBackend(told('second', absent))).rejects.toMatchObject({
    code: 'KEEPFIT_BACKEND_UNAVAILABLE',
  });
  expect(events).toEqual(['start first', 'stop first', 'start second', 'start first']);
  expect(currentKernels().kernels).toMatch(/^first 1/);
  await useBackend(told('third'));
  expect(events.slice(4)).toEqual(['stop first', 'start third']);
});

test('what a start that failed has left is stopped', async () => {
  await caught(useBackend(told('first', broken)));
  expect(events).toEqual(['start first', 'stop first']);
});

test('where none starts, the error says why for each, and where tfjs is', async () => {
  const error = await caught(useBackend([told('first', absent), told('second', broken)]));
  expect(error.message).toMatch(
    /first is not available on this machine; second: its file is not there\).*tfjs stays on "cpu"/,
  );
  expect(error.cause).toMatchObject({ message: 'its file is not there' });
});

test.each<[what: string, given: unknown, shown: string]>([
  ['a name', 'wasm', '"wasm"'],
  ['the function that makes one', cpuBackend, 'the function cpuBackend'],
  ['nothing', undefined, 'undefined'],
  ['a list with a name in it', [cpuBackend(), 'wasm'], ''],
])('what is no backend is refused, and the one before runs on: %s', async (_what, given, shown) => {
  await useBackend(told('first'));
  const error = await caught(useBackend(given as Backend));
  expect(error.message).toMatch(
    /^KEEPFIT_INVALID_OPTION: useBackend takes a backend such as cpuBackend\(\), or a list of them, not /,
  );
  expect(error.message).toContain(shown);
  expect(events).toEqual(['start first']);
});

test('an empty list is named as such', async () => {
  expect((await caught(useBackend([]))).message).toMatch(/the list is empty/);
});

test('a mistake in how it was asked for is told at once, and the next in the list is not tried', async () => {
  const misused = told('first', async () => {
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', 'threads must be a number');
  });
  expect((await caught(useBackend([misused, told('second')]))).code).toBe('KEEPFIT_INVALID_OPTION');
  expect(events).not.toContain('start second');
});

test('the kernels are those of the one that runs, and the gradients that compute with them', async () => {
  await useBackend(told('first'));
  expect(currentKernels()).toEqual({ backend: 'cpu', kernels: 'first 1, gradients 1' });
  await useBackend(told('second'));
  expect(currentKernels().kernels).toBe('second 1, gradients 1');
});

test("kernels that replace tfjs' own are gone after a stop, and so are those that it has not", async () => {
  const stock = tf.getKernel('Relu', 'cpu');
  const restore = replaceKernels([
    { ...stock, kernelFunc: (params) => stock.kernelFunc(params) },
    { ...stock, kernelName: 'OfMine' },
  ]);
  expect(tf.getKernel('Relu', 'cpu')).not.toBe(stock);
  expect(tf.getKernel('OfMine', 'cpu')).toBeDefined();
  restore();
  expect(tf.getKernel('Relu', 'cpu').kernelFunc).toBe(stock.kernelFunc);
  expect(tf.getKernel('OfMine', 'cpu')).toBeUndefined();
});
