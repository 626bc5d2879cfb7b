export { Optimizer } from './base/optimizer.js';
export { Adam, adam } from './optimizers/adam.js';
export { AdamW, adamW } from './optimizers/adam-w.js';
export { SGD, sgd } from './optimizers/sgd.js';

export type { Slots, UpdateStep } from './base/optimizer.js';
export type { OptimizerOptions } from './base/options.js';
export type { OptimizerState } from './contract/optimizer-state.js';
export type { NamedSchedule, Schedule, ScheduleOption } from './contract/schedule.js';
export type { TrainedOptimizer } from './contract/trained-optimizer.js';
export type { AdamOptions, AdamSettings } from './optimizers/adam.js';
export type { SGDOptions, SGDSettings } from './optimizers/sgd.js';
export type { UpdateOp, UpdateProgram } from './update/program.js';
export type { ElementwiseValue, Operand, UpdateOps } from './update/update-ops.js';
