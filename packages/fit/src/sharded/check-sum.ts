import { KeepfitError } from '@keepfit/callbacks';
import type { NamedWeight } from '../contract/model.js';
import type { ShardSum, ShardTask } from '../contract/shard.js';

/**
 * Checks what an engine gave for a step.
 *
 * @throws KEEPFIT_ENGINE_FAILED when it is not the sum of these shards.
 */
export function checkSum(
  engine: string,
  sum: ShardSum,
  tasks: readonly ShardTask[],
  trained: readonly NamedWeight[],
): void {
  const wanted = tasks.map(({ shard }) => shard);
  const parts = tasks[0]?.kind === 'predict' ? sum.outputs : sum.logs;
  const found = parts.map(({ shard }) => shard);
  if (found.join() !== wanted.join())
    throw createError(engine, `holds the shards ${found.join(', ')}, and the step has ${wanted.join(', ')}`);
  if (sum.gradients.length !== trained.length)
    throw createError(engine, `has ${sum.gradients.length} gradients for ${trained.length} trained weights`);
  trained.forEach(({ name, variable }, index) => {
    const length = sum.gradients[index]?.length ?? variable.size;
    if (length !== variable.size)
      throw createError(engine, `has ${length} values for the weight "${name}" of ${variable.size}`);
  });
}

function createError(engine: string, problem: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_ENGINE_FAILED',
    `the sum that the engine "${engine}" gave for a step ${problem}. No weight was changed; test the engine with engineConformance`,
  );
}
