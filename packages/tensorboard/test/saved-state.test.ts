import type { StateRecord } from '@keepfit/callbacks';
import { expect, test } from 'vitest';
import { TensorBoard } from '../src/index.js';
import { MemorySink } from './helpers/memory-sink.js';

const file = (flushed: number) => ({ flushed, unflushed: Uint8Array.of(1, 2) });
const valid = { step: 3, train: file(10), validation: file(20) };
const newBoard = () => new TensorBoard({ train: new MemorySink(), validation: new MemorySink() });

const NO_FILE = [
  0,
  'x',
  [],
  {},
  { flushed: 1 },
  { ...file(NaN) },
  { flushed: '1', unflushed: new Uint8Array() },
  { flushed: 1, unflushed: [1, 2] },
  { ...file(10), mark: 1 },
  { ...file(10), mark: { start: 0, position: -1, head: '', tail: '' } },
  { flushed: 1, unflushed: new Float32Array(1) },
];

test.each([
  ['step', [NaN, -1, 1.5, '3', null, undefined]],
  ['train', [null, undefined, ...NO_FILE]],
  ['validation', [undefined, ...NO_FILE]],
])('refuses a saved state with a wrong %s, and stays as it is', (key, values) => {
  for (const value of values) {
    const board = newBoard();
    board.setState(valid);
    const before = board.getState();
    expect(() => board.setState({ ...valid, step: 9, train: file(11), [key]: value } as StateRecord)).toThrow(
      new RegExp(`KEEPFIT_CHECKPOINT_CORRUPT: .*TensorBoard .*${key}`),
    );
    expect(board.getState()).toEqual(before);
  }
});

test('takes the state of a board without a file for validation', () => {
  const board = newBoard();
  board.setState({ ...valid, validation: null });
  expect(board.getState()).toMatchObject({ step: 3, validation: { flushed: 0 } });
});
