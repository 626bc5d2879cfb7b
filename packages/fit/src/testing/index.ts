export { backendConformance } from './backend-conformance.js';
export { engineConformance } from './engine-conformance.js';
export { createEngineTraining } from './engines/engine-training.js';
export { optimizerConformance } from './optimizer-conformance.js';
export { checkGradientCase } from './gradients/check-gradient-case.js';
export { gradientCases } from './gradients/gradient-cases.js';

export type { BackendConformanceOptions } from './backend-conformance.js';
export type { EngineConformanceOptions } from './engine-conformance.js';
export type { EngineTraining } from './engines/engine-training.js';
export type { EngineUnderTest } from './engines/engine-kit.js';
export type { OptimizerConformanceOptions } from './optimizer-conformance.js';
export type { GradientCase } from './gradients/gradient-case.js';
export type { Values } from './gradients/values.js';
