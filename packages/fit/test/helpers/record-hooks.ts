import type { CallbackHooks, Logs, TrainerView } from '@keepfit/callbacks';

/**
 * One call of a hook: its name, then epoch or batch where it has one, the learning rate it saw, and its logs.
 */
export type HookCall = readonly [hook: string, place: number | undefined, learningRate: number, logs: string];

const NUMBERED = [
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBatchBegin',
  'onTestBatchEnd',
] as const;
const PLAIN = ['onTrainBegin', 'onTrainEnd', 'onTestBegin', 'onTestEnd'] as const;

/** A callback that writes down every hook of a training. */
export function recordHooks(): CallbackHooks & { readonly calls: HookCall[] } {
  const calls: HookCall[] = [];
  let model: TrainerView | undefined;
  const note = (hook: string, place: number | undefined, logs: Logs): void => {
    const shown = Object.entries(logs).map(([key, value]) => `${key} ${Object.is(value, -0) ? '-0' : value}`);
    // Of several optimizers the last one's.
    const rate = (Object.values(model?.optimizers ?? {}).at(-1) ?? model)?.learningRate;
    calls.push([hook, place, rate ?? NaN, shown.join(', ')]);
  };
  const numbered = NUMBERED.map((hook) => [hook, (place: number, logs: Logs) => note(hook, place, logs)]);
  const plain = PLAIN.map((hook) => [hook, (logs: Logs) => note(hook, undefined, logs)]);
  return {
    calls,
    batchLogs: true,
    setModel: (view) => void (model = view),
    ...Object.fromEntries([...numbered, ...plain]),
  };
}

/**
 * What a training that is continued from a saved point has to call: the beginnings once more, then what the
 * uninterrupted one called from that point on. Learning rates of the beginnings are those of the fresh
 * optimizer or of the restored one, so they are left out.
 */
export function callsFrom(
  all: readonly HookCall[],
  { epoch, batch, begun }: { epoch: number; batch: number; begun: boolean },
): HookCall[] {
  const start = all.findIndex(([hook, place]) => hook === 'onEpochBegin' && place === epoch);
  if (!begun) return [all[0]!, ...all.slice(start < 0 ? all.length - 1 : start)];
  const done = all.findIndex(
    ([hook, place], index) => index > start && hook === 'onTrainBatchEnd' && place === batch - 1,
  );
  return [all[0]!, all[start]!, ...all.slice(done + 1)];
}

/** The calls without the learning rates of the beginnings. */
export function comparable(calls: readonly HookCall[]): HookCall[] {
  return calls.map((call) =>
    call[0] === 'onTrainBegin' || call[0] === 'onEpochBegin' ? [call[0], call[1], 0, call[3]] : call,
  );
}
