import { expect, test } from 'vitest';
import { isSavedOptimizer } from '../../src/optimizer/saved-optimizer.js';

const saved = { class: 'Mine', numbers: { iterations: 3 } };
const hasTensor = (name: string) => name === 'm/kernel';

test.each([
  [{}],
  [
    {
      fields: {
        object: [['m', { record: [[['', 'kernel', ''], { variable: 'm/kernel', trainable: false }]] }]],
      },
    },
  ],
  [
    {
      fields: {
        object: [
          ['n', { value: 3 }],
          ['f', {}],
          ['x', { none: true }],
          ['b', { bigint: '-3' }],
        ],
      },
    },
  ],
  [
    {
      fields: {
        object: [
          [
            's',
            {
              map: [
                [{ variable: 'kernel' }, { tensor: 'm/kernel' }],
                [7, { value: null }],
              ],
            },
          ],
        ],
      },
    },
  ],
  [
    {
      fields: {
        object: [['l', { list: [{ weight: 'kernel' }, { set: [] }, { text: ['', 'kernel', '/m'] }] }]],
      },
    },
  ],
  [{ fields: { object: [['p', { record: [[{ weight: 'kernel', position: 0 }, { value: true }]] }]] } }],
  [{ weights: [['iter', 'm/kernel']] }],
  [
    {
      state: [
        ['n', 3],
        [['m/', 'kernel', ''], 'm/kernel'],
      ],
    },
  ],
])('the state %j of an optimizer is accepted', (more) => {
  expect(isSavedOptimizer({ ...saved, ...more } as never, hasTensor)).toBe(true);
});

const deep = (depth: number): unknown => (depth === 0 ? { value: 1 } : { list: [deep(depth - 1)] });

test.each([
  [null],
  [[]],
  [{ numbers: {} }],
  [{ ...saved, numbers: { n: '3' } }],
  [{ ...saved, fields: 3 }],
  [{ ...saved, fields: [] }],
  [{ ...saved, fields: { object: [['m', { variable: 'absent', trainable: false }]] } }],
  [{ ...saved, fields: { object: [['m', { variable: 'm/kernel' }]] } }],
  [{ ...saved, fields: { object: [['m', { tensor: 4 }]] } }],
  [{ ...saved, fields: { object: [['__proto__', { value: 1 }]] } }],
  [{ ...saved, fields: { object: [['constructor']] } }],
  [{ ...saved, fields: { object: [[{ weight: 'kernel' }, { value: 1 }]] } }],
  [{ ...saved, fields: { object: [['n', { value: 'text' }]] } }],
  [{ ...saved, fields: { object: [['n', { bigint: 'x' }]] } }],
  [{ ...saved, fields: { object: [['n', { value: 1, tensor: 'm/kernel' }]] } }],
  [{ ...saved, fields: { unknown: [] } }],
  [{ ...saved, fields: deep(40) }],
  [{ ...saved, weights: [['iter', 'absent']] }],
  [{ ...saved, weights: [[3, 'm/kernel']] }],
  [{ ...saved, state: [['n', true]] }],
])('the state %j of an optimizer is refused', (state) => {
  expect(isSavedOptimizer(state as never, hasTensor)).toBe(false);
});
