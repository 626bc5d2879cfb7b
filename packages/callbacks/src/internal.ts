/** For the sister packages only. Anything here may change in any release. */
export { listCallbacks } from './callbacks/check-callback.js';
export { listEpochs } from './callbacks/history.js';
export { holdState } from './callbacks/hold-state.js';
export { createMark, extendMark, isMark, restoreOutput, warnOfLostOutput } from './callbacks/output-mark.js';
export {
  checkIsOptions,
  checkOptions,
  isBoolean,
  isCount,
  isPositiveInteger,
  refuseOption,
} from './checks/check-options.js';
export {
  ABOVE_0,
  completeOptions,
  FINITE,
  FLAG,
  FRACTION,
  FROM_0,
  PATTERNS,
  POSITIVE_FRACTION,
  POSITIVE_INTEGER,
} from './checks/complete-options.js';
export { formatValue } from './checks/format-value.js';
export { COUNT, isStateRecord, readState } from './checks/read-state.js';
export { suggestName } from './checks/suggest-name.js';
export { escapeLine, escapeText } from './contract/escape-text.js';
export { printWarning } from './contract/print.js';
export { BlockChecksums } from './format/block-checksums.js';
export { joinParts } from './format/join-checksums.js';
export { PartChecksums } from './format/part-checksums.js';
export { formatCheckpoint, loadCheckpoint, saveCheckpoint } from './stored/stored-checkpoint.js';
export { timers, waitForTurn } from './timers.js';

export type { OutputMark } from './callbacks/output-mark.js';
export type { OwnedState } from './callbacks/callback-states.js';
export type { OptionRule, OptionRules } from './checks/check-options.js';
export type { StateRules } from './checks/read-state.js';
export type { LoadedCheckpoint } from './stored/read-checkpoints.js';
