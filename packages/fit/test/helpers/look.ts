import type { CallbackHooks, HookName, TrainerView } from '@keepfit/callbacks';

/** A callback that does something with its `model` in each call of these hooks, and awaits it. */
export function look(
  hooks: readonly HookName[],
  use: (model: TrainerView, hook: HookName) => unknown,
): CallbackHooks {
  let model: TrainerView | undefined;
  const calls = hooks.map((hook) => [hook, async () => void (await use(model!, hook))] as const);
  return {
    name: 'look',
    batchLogs: false,
    setModel: (view) => void (model = view),
    ...Object.fromEntries(calls),
  };
}

/** The hooks of a fit. */
export const FIT_HOOKS: readonly HookName[] = [
  'onTrainBegin',
  'onEpochBegin',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestBatchBegin',
  'onTestBatchEnd',
  'onTestEnd',
  'onEpochEnd',
  'onTrainEnd',
  'onBackup',
];
