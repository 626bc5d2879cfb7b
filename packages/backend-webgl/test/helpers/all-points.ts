/**
 * Whether the zoo repeats all its models, the kit takes all points of the gradient table, and the tests of sizes
 * take all strides: on a real GPU, and if VITE_KEEPFIT_ALL_POINTS=1 asks for it.
 */
export const allPoints = Boolean(
  import.meta.env['VITE_KEEPFIT_ALL_POINTS'] || import.meta.env['VITE_KEEPFIT_GPU'],
);
