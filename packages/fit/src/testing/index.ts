export { backendConformance } from './backend-conformance.js';
export { optimizerConformance } from './optimizer-conformance.js';
export { checkGradientCase } from './gradients/check-gradient-case.js';
export { gradientCases } from './gradients/gradient-cases.js';

export type { BackendConformanceOptions } from './backend-conformance.js';
export type { OptimizerConformanceOptions } from './optimizer-conformance.js';
export type { GradientCase } from './gradients/gradient-case.js';
export type { Values } from './gradients/values.js';
