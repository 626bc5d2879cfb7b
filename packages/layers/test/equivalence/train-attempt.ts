import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  ReduceLROnPlateau,
} from '@keepfit/callbacks';
import { type FitOptions, type Model, Trainer } from '@keepfit/fit';
import type { TrainedOptimizer } from '@keepfit/optimizers';
import { dispose, type Optimizer } from '@tensorflow/tfjs-core';
import { type Proof, proofOfEnd } from '../../../fit/test/helpers/proof-of-end.js';
import { type HookCall, recordHooks } from '../../../fit/test/helpers/record-hooks.js';
import { countHooks, decayRate } from '../../../fit/test/helpers/stateful-callbacks.js';
import { openEngine } from './open-engine.js';
import { createCrashMaker } from './crash-maker.js';
import type { Crash, EquivalenceCase } from './equivalence-case.js';
import { optimizers } from './optimizers.js';
import { openSource } from './sources.js';
import { watchState } from './watch-state.js';
import { zoo } from './zoo.js';
import { BATCH_SIZE, type ZooMember } from './zoo-member.js';

export const EPOCHS = 3;

/** How one fit of a case goes. */
export interface AttemptSetting {
  /** The seed of the initial weights. */
  readonly init: number;
  /** Without one, there are no backups. */
  readonly store?: CheckpointStore;
  readonly crash?: Crash | undefined;
  readonly onCrash?: () => void;
  /** Changes BackupAndRestore, to plant a fault. */
  readonly spoil?: (backup: BackupAndRestore) => CallbackHooks;
}

/** Everything that can be seen of a fit. */
export interface Attempt {
  readonly calls: readonly HookCall[];
  readonly digests: ReadonlyMap<string, string>;
  /** Undefined if it ended with an error. */
  readonly ended:
    | { readonly proof: Proof; readonly returned: readonly number[]; readonly history: unknown }
    | undefined;
  /** The error that ended it, unless that was the planned crash. */
  readonly error: unknown;
}

/** Trains a case once: a fresh model, a fresh optimizer, fresh data and callbacks. */
export async function trainAttempt(theCase: EquivalenceCase, setting: AttemptSetting): Promise<Attempt> {
  const member = memberOf(theCase);
  const crash = createCrashMaker(setting.crash, setting.onCrash ?? (() => undefined));
  const model = crash.around(member.build(setting.init));
  const made: Optimizer[] = [];
  const makeOptimizer = () => {
    const optimizer = (optimizers[theCase.optimizer] ?? missing(theCase.optimizer))();
    made.push(optimizer);
    return optimizer;
  };
  const trainer = createTrainer(theCase, member, model, makeOptimizer);
  const [recorder, end, watch] = [recordHooks(), proofOfEnd(), watchState()];
  const own = [
    recorder,
    countHooks(),
    decayRate(),
    // A schedule gives the rate itself, and of several optimizers it would set the rate of one.
    ...(made.length > 1 || made.some(hasSchedule)
      ? []
      : [new ReduceLROnPlateau({ monitor: 'loss', patience: 1, minDelta: 1, factor: 0.9 })]),
  ];
  const engine = openEngine(theCase, member);
  const callbacks = [
    ...engine.callbacks,
    ...own,
    ...crash.callbacks(),
    ...(theCase.watched ? [watch] : []),
    end,
  ];
  const backups =
    setting.store === undefined ? [] : [backupOf(theCase, crash.aroundStore(setting.store), setting.spoil)];
  const { data, options } = fitArguments(theCase, member);
  const seen = { calls: recorder.calls, digests: watch.digests };
  try {
    const list = theCase.backupAt === 'first' ? [...backups, ...callbacks] : [...callbacks, ...backups];
    const returned = await trainer.fit(...data, { ...options, ...engine.options, callbacks: list });
    const { epoch, history } = trainer.history;
    return {
      ...seen,
      ended: { proof: end.proof, returned: returned.epoch, history: { epoch, history } },
      error: undefined,
    };
  } catch (error) {
    return { ...seen, ended: undefined, error: isOf(error, crash.error) ? undefined : error };
  } finally {
    for (const optimizer of made) optimizer.dispose();
    dispose(model.weights.map(({ variable }) => variable));
  }
}

function createTrainer(
  { stepsPerExecution }: EquivalenceCase,
  { step, loss, metrics }: ZooMember,
  model: Model,
  makeOptimizer: () => Optimizer,
): Trainer {
  return step === undefined
    ? new Trainer(model, { optimizer: makeOptimizer(), loss, metrics, stepsPerExecution })
    : new Trainer(model, { ...step(model, makeOptimizer), stepsPerExecution });
}

/**
 * How many samples a member trains on, and how many it is validated on. The last batch of each is smaller if
 * the member allows it.
 */
function sampleCounts({ fullBatches }: ZooMember): {
  readonly training: number;
  readonly validation: number;
} {
  return fullBatches ? { training: 8, validation: 4 } : { training: 7, validation: 3 };
}

function memberOf({ model }: EquivalenceCase): ZooMember {
  return zoo[model] ?? missing(model);
}

function backupOf(
  { saveFreq, doubleCheckpoint }: EquivalenceCase,
  store: CheckpointStore,
  spoil: AttemptSetting['spoil'],
): CallbackHooks {
  const backup = new BackupAndRestore(store, { saveFreq, doubleCheckpoint });
  return spoil === undefined ? backup : spoil(backup);
}

function fitArguments(
  { source, validation, stepsPerEpoch, shards, replay }: EquivalenceCase,
  member: ZooMember,
) {
  const counts = sampleCounts(member);
  const isSplit = validation === 'split' && source === 'arrays';
  const data = openSource(member, source, counts.training + (isSplit ? counts.validation : 0), 0);
  const options: { -readonly [Key in keyof FitOptions]: FitOptions[Key] } = {
    epochs: EPOCHS,
    seed: 7,
    verbose: 0,
  };
  if (source === 'arrays') options.batchSize = BATCH_SIZE;
  if (stepsPerEpoch !== null) options.stepsPerEpoch = stepsPerEpoch;
  options.replay = replay && member.isRecorded !== false;
  // One shard is the default, and what a checkpoint without the item has.
  if (shards > 1 && member.isWhole !== true) options.shards = shards;
  if (isSplit) options.validationSplit = counts.validation / (counts.validation + counts.training);
  else if (validation !== 'none')
    options.validationData = validationData(member, validation === 'stream', counts);
  if (Array.isArray(options.validationData)) options.validationBatchSize = BATCH_SIZE;
  return { data, options };
}

function validationData(
  member: ZooMember,
  isStream: boolean,
  counts: ReturnType<typeof sampleCounts>,
): FitOptions['validationData'] {
  const { training, validation } = counts;
  const [x, y] = openSource(member, isStream ? 'stream that seeks' : 'arrays', validation, training);
  return (isStream ? x : [x, y]) as FitOptions['validationData'];
}

function hasSchedule(optimizer: Optimizer): boolean {
  return (optimizer as Partial<TrainedOptimizer>).schedule !== undefined;
}

function isOf(error: unknown, crash: Error): boolean {
  return error === crash || (error as { cause?: unknown }).cause === crash;
}

function missing(name: string): never {
  throw new Error(`there is no ${name}`);
}
