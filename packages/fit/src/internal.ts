export { currentKernels } from './backend/kernels.js';
export { fingerprintMath } from './backend/fingerprint-math.js';
export { replaceKernels } from './backend/replace-kernels.js';
export { getIgnoredArguments } from './backend/watch-compile.js';
export { nameArguments } from './data/data-arguments.js';
export { loadWeights, saveWeights } from './saved-weights.js';
export { applyWeights } from './state/load-weights.js';
export { replacingWeights } from './state/model-use.js';

export type { Backend } from './contract/backend.js';
export type { CallPlan, PlannedCall, PlanRun, PreparedCalls } from './contract/call-plan.js';
