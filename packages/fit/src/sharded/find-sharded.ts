import { KeepfitError } from '@keepfit/callbacks';
import type { Model } from '../contract/model.js';
import type { ShardedStep } from '../steps/sharded-step.js';
import type { Step } from '../steps/step.js';

/** @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards. */
export function findSharded({
  model,
  step: { sharded },
}: {
  readonly model: Model;
  readonly step: Step;
}): ShardedStep {
  const refusal = typeof sharded === 'string' ? sharded : findModelRefusal(model);
  if (typeof sharded !== 'string' && refusal === undefined) return sharded;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `a batch cannot be cut into shards: ${refusal}. Otherwise train with shards: 1 and no engine`,
  );
}

function findModelRefusal(model: Model): string | undefined {
  const [state] = model.states ?? [];
  if (state !== undefined)
    return `the state "${state.name}" goes from batch to batch, and shards are computed side by side; a recurrent layer needs stateful: false`;
  return model.findShardRefusal?.();
}
