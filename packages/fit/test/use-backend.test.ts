import { cpuBackend } from '@keepfit/backend-cpu';
import { KeepfitError } from '@keepfit/callbacks';
import { type Backend, replaceKernels, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { currentKernels } from '../src/backend/kernels.js';
import { getStarted, setStarted } from '../src/backend/started-backend.js';
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

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch(() => undefined);

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

test('two calls at once take turns, and leave the kernels of the last', async () => {
  await useBackend(told('first'));
  const [one, two] = [cpuBackend(), cpuBackend()];
  const stock = tf.getKernel('FusedBatchNorm', 'cpu');
  await Promise.all([useBackend(one), useBackend(told('broken', broken)), useBackend(two)].map(settle));
  expect(tf.getKernel('FusedBatchNorm', 'cpu')).not.toBe(stock);
  await useBackend(told('last'));
  expect(tf.getKernel('FusedBatchNorm', 'cpu')).toBe(stock);
  expect(events).toEqual(['start first', 'stop first', 'start broken', 'stop broken', 'start last']);
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

describe('a Backend whose start does not keep the contract', () => {
  const hint = 'it must resolve to true if the backend runs now, and to false if this machine cannot run it';

  test.each<[given: unknown, shown: string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['ok', '"ok"'],
    [{}, '{}'],
    [1, '1'],
  ])('gives %j', async (given, shown) => {
    await useBackend(told('first'));
    const error = await caught(useBackend(told('mine', async () => given as boolean)));
    expect(error.message).toBe(
      `KEEPFIT_BACKEND_UNAVAILABLE: no backend started (mine: its start() gave ${shown}; ${hint}); tfjs stays on "cpu". ` +
        'cpuBackend() as the last of the list starts on every machine',
    );
    expect(events).toEqual(['start first', 'stop first', 'start mine', 'stop mine', 'start first']);
  });

  test.each<[what: string, start: () => Promise<boolean>]>([
    ['rejects', () => Promise.reject()],
    [
      'throws',
      () => {
        throw undefined;
      },
    ],
  ])('%s with undefined', async (_what, start) => {
    expect((await caught(useBackend(told('mine', start)))).message).toContain(
      '(mine: its start() failed with undefined, which is no Error)',
    );
  });

  test('leaves tfjs on a backend that did not start', async () => {
    tf.registerBackend('absent', () => {
      throw new Error('not here');
    });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const start = async () => (await tf.setBackend('absent')) || true;
    const error = await caught(
      useBackend([told('mine', () => tf.setBackend('absent')), told('lying', start)]),
    );
    warn.mockRestore();
    tf.removeBackend('absent');
    expect(error.message).toMatch(
      /mine is not available on this machine; lying: its start\(\) resolved to true, but tfjs has no running backend "absent".*tfjs stays on "cpu"/,
    );
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.tensor1d([1]).dataSync()[0]).toBe(1);
  });

  test('has no kernels', async () => {
    const mine = { ...told('mine'), kernels: undefined as unknown as string };
    expect((await caught(useBackend(mine))).message).toContain(
      'mine: its kernels are undefined after start()',
    );
  });

  test('has no stop', async () => {
    const { stop: _, ...mine } = told('mine');
    expect((await caught(useBackend(mine as unknown as Backend))).message).toBe(
      'KEEPFIT_INVALID_OPTION: the backend "mine" given to useBackend has no function stop; a Backend has name, kernels, start and stop',
    );
  });

  test('is passed over if another of the list starts', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => undefined);
    const second = told('second');
    expect(await useBackend([told('mine', async () => undefined as unknown as boolean), second])).toBe(
      second,
    );
    expect(info.mock.calls).toEqual([
      [`Training on "second" because mine: its start() gave undefined; ${hint}.`],
    ]);
    info.mockRestore();
  });
});

test('tfjs is not said to stay on a backend that failed before', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  tf.registerBackend('failed', () => {
    throw new Error('not here');
  });
  await tf.setBackend('failed');
  warn.mockRestore();
  expect(tf.getBackend()).toBe('failed');
  getStarted()?.stop();
  setStarted(undefined);
  const error = await caught(useBackend(told('mine', absent)));
  tf.removeBackend('failed');
  expect(error.message).toContain('(mine is not available on this machine); tfjs has no backend.');
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

test.each([
  ['the first first', [0, 1, 2]],
  ['the last first', [2, 1, 0]],
  ['the middle first', [1, 2, 0]],
  ['one twice', [1, 1, 0, 2]],
])('kernels replaced three times come back when all are restored, %s', (_, order) => {
  const stock = tf.getKernel('Relu', 'cpu');
  const replace = (): (() => void) =>
    replaceKernels([
      { ...stock, kernelFunc: (params) => stock.kernelFunc(params) },
      { ...stock, kernelName: 'OfMine' },
    ]);
  const restores = [replace(), replace(), replace()];
  const top = tf.getKernel('Relu', 'cpu');
  for (const [index, place] of order.entries()) {
    const last = index === order.length - 1;
    restores[place]?.();
    if (!last) expect(tf.getKernel('Relu', 'cpu')).not.toBe(stock);
    if (order.indexOf(2) > index) expect(tf.getKernel('Relu', 'cpu')).toBe(top);
  }
  expect(tf.getKernel('Relu', 'cpu')).toBe(stock);
  expect(tf.getKernel('OfMine', 'cpu')).toBeUndefined();
});
