import {
  type CaptureEntry,
  type DType,
  encodeCheckpoint,
  ITEM_TYPES,
} from '../../../packages/callbacks/src/checkpoint.ts';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import { randomNumbers } from '../random-numbers.js';
import type { ExpectedTensors } from './expected-tensors.js';

const SHAPES = { scalar: [], vector: [7], matrix: [3, 5], empty: [0, 4], 'ein Würfel/立方体': [2, 2, 2] };

/** Writes `every-type.safetensors`: each type in several shapes, with names beyond ASCII, and a state with arrays; gives what is in it. */
export async function everyTypeCheckpoint(folder: string): Promise<ExpectedTensors> {
  const random = randomNumbers(1);
  const expected: ExpectedTensors = {};
  const entries: CaptureEntry[] = [];
  for (const dtype of Object.keys(ITEM_TYPES) as DType[]) {
    for (const [kind, shape] of Object.entries(SHAPES)) {
      const count = shape.reduce((product, length) => product * length, 1);
      const bytes = Uint8Array.from({ length: count * ITEM_TYPES[dtype].size }, () =>
        Math.floor(random() * (dtype === 'bool' ? 2 : 256)),
      );
      const name = `${dtype} ${kind}`;
      entries.push({ name, dtype, shape, read: async () => bytes });
      expected[name] = { dtype, shape, hex: Buffer.from(bytes).toString('hex') };
    }
  }
  const numbers = Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY, 5e-324);
  const header = { runId: 'reference', generation: 1, savedAt: '2026-01-31T08:15:00.000Z', library: '0.0.0' };
  await fsStore(folder).set('every-type', encodeCheckpoint({ entries, state: { numbers } }, header));
  return {
    ...expected,
    'state/numbers': { dtype: 'float64', shape: [4], hex: Buffer.from(numbers.buffer).toString('hex') },
  };
}
