import { triesAll } from '../../../../test/setup/sample.js';

/**
 * Whether the zoo repeats all its models, the kit takes all points of the gradient table, and the tests of sizes
 * take all strides: also on a real GPU.
 */
export const allPoints = triesAll || Boolean(import.meta.env['VITE_KEEPFIT_GPU']);

/** Which share of what takes long in software a backend has: the first or the second of the two. */
export type Turn = 0 | 1;
