import { loadOnDemand } from '../load-on-demand.js';
import type * as ownOptimizer from './own-optimizer.js';

/** Loads what reads and watches an optimizer of a class that tfjs does not bring: few trainings have one. */
export function loadOwnOptimizer(): Promise<typeof ownOptimizer> {
  return loadOnDemand(
    () => import('./own-optimizer.js'),
    'what reads the state of an optimizer of your own could not be loaded; serve every file of the build',
  );
}
