import type { NamedWeight } from '../contract/model.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { readOptimizer } from '../optimizer/read-optimizer.js';
import type { OptimizerSnapshot } from '../optimizer/saved-optimizer.js';

/** The state of one optimizer of a training. */
export interface RoleSnapshot extends OptimizerSnapshot {
  readonly role: OptimizerRole;
}

/** Reads the states of all optimizers. The caller disposes each. */
export async function readOptimizers(
  roles: readonly OptimizerRole[],
  weights: readonly NamedWeight[],
): Promise<RoleSnapshot[]> {
  const snapshots: RoleSnapshot[] = [];
  try {
    for (const role of roles)
      snapshots.push({ role, ...(await readOptimizer(role.optimizer, role.names(weights))) });
    return snapshots;
  } catch (error) {
    for (const { dispose } of snapshots) dispose();
    throw error;
  }
}
