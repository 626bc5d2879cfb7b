import type { Trainer } from '@keepfit/fit';

/** The values of all weights and the count of iterations, to see that nothing was touched. */
export function weightsOf({ model, optimizer }: Trainer): unknown {
  return {
    weights: model.weights.map(({ name, variable }) => [name, [...variable.dataSync()]]),
    iterations: optimizer.iterations,
  };
}
