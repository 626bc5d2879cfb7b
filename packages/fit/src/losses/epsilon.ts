/** Keras' epsilon: what keeps logarithms and divisions finite. */
export const EPSILON = 1e-7;
