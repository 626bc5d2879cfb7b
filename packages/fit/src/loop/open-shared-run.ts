import { loadOnDemand } from '../load-on-demand.js';
import type { ShardedTraining } from '../sharded/shared-engine.js';
import type { SharedRun } from '../sharded/shared-run.js';

/** @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards. */
export async function openSharedRun(training: ShardedTraining): Promise<SharedRun> {
  const { SharedRun } = await loadOnDemand(
    () => import('../sharded/shared-run.js'),
    'the code that computes a step in shards could not be loaded; serve every file of the build',
  );
  return new SharedRun(training);
}
