import type { Run } from './broadcast.js';

/**
 * One loop for each operation, because calling a function for each element costs several times the operation.
 */
export const runs = {
  add: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) + (b[bi] as number);
  },

  subtract: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) - (b[bi] as number);
  },

  multiply: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) * (b[bi] as number);
  },

  divide: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) / (b[bi] as number);
  },

  maximum: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = Math.max(a[ai] as number, b[bi] as number);
  },

  minimum: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = Math.min(a[ai] as number, b[bi] as number);
  },

  squaredDifference: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep) {
      const difference = (a[ai] as number) - (b[bi] as number);
      out[at++] = difference * difference;
    }
  },

  prelu: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep) {
      const value = a[ai] as number;
      out[at++] = value < 0 ? value * (b[bi] as number) : value;
    }
  },

  greater: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) > (b[bi] as number) ? 1 : 0;
  },

  greaterEqual: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) >= (b[bi] as number) ? 1 : 0;
  },

  less: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) < (b[bi] as number) ? 1 : 0;
  },

  lessEqual: (a, ai, aStep, b, bi, bStep, out, at, count) => {
    for (const end = at + count; at < end; ai += aStep, bi += bStep)
      out[at++] = (a[ai] as number) <= (b[bi] as number) ? 1 : 0;
  },
} satisfies Record<string, Run>;
