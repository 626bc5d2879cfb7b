import {
  CallbackList,
  type Capture,
  History,
  type Logs,
  type StateRecord,
  type TrainerView,
} from '@keepfit/callbacks';
import type { TensorBoard } from '../../src/index.js';

export const EPOCHS = 3;
export const BATCHES = 4;

/** The remains of a training without a model. */
export interface PlayedTraining {
  /**
   * The state when training began, and after each point at which a backup may be taken: each execution and
   * each epoch.
   */
  readonly states: readonly StateRecord[];
}

export interface PlayOptions {
  /** Continue from this state, taken at this point. */
  readonly from?: { readonly state: StateRecord; readonly point: number };
  /** Be killed at this point, counted from the very beginning: nothing is closed. */
  readonly killedAfter?: number;
  readonly stepsPerExecution?: number;
  readonly validates?: boolean;
}

class Killed extends Error {}

/** A view of a trainer with two weights, that counts the captures held. */
export class PlayedTrainer {
  heldCaptures = 0;
  learningRate = 0.1;
  optimizers: TrainerView['optimizers'] = {};
  weights: readonly [name: string, values: readonly number[]][] = [
    ['weights/dense/kernel', [0.5, -0.25, 2]],
    ['weights/dense/bias', [0.1]],
  ];
  readonly history = new History();
  readonly #deferred: (() => void | Promise<void>)[] = [];

  view(): TrainerView {
    const trainer = this;
    const view: Partial<TrainerView> = {
      history: this.history,
      get learningRate() {
        return trainer.learningRate;
      },
      get optimizers() {
        return trainer.optimizers;
      },
      captureWeights: () => trainer.#capture(),
      defer: (release) => void trainer.#deferred.push(release),
    };
    return view as TrainerView;
  }

  async settle(): Promise<void> {
    for (const release of this.#deferred.splice(0).reverse()) await release();
  }

  #capture(): Capture {
    this.heldCaptures += 1;
    const entries = this.weights.map(([name, values]) => ({
      name,
      dtype: 'float32' as const,
      shape: [values.length],
      // Not aligned, as bytes from a file may be.
      read: async () =>
        new Uint8Array(Uint8Array.of(0, ...new Uint8Array(Float32Array.from(values).buffer)).buffer, 1),
    }));
    return { entries, clone: () => this.#capture(), dispose: () => void (this.heldCaptures -= 1) };
  }
}

/** Calls the hooks as a trainer does, with logs that show their origin. Resolves also if it was killed. */
export async function play(
  callback: TensorBoard,
  options: PlayOptions = {},
  trainer = new PlayedTrainer(),
): Promise<PlayedTraining> {
  const { from, killedAfter = Infinity, stepsPerExecution = 1, validates = true } = options;
  const list = new CallbackList([callback, trainer.history]);
  const states: StateRecord[] = [];
  const executions = BATCHES / stepsPerExecution;
  let points = from?.point ?? 0;
  const point = () => {
    points += 1;
    states.push(structuredClone(callback.getState()));
    if (points >= killedAfter) throw new Killed();
  };
  list.setModel(trainer.view());
  await list.onTrainBegin();
  if (from === undefined) states.push(structuredClone(callback.getState()));
  if (points >= killedAfter) return { states };
  const [firstEpoch, firstExecution] = [Math.floor(points / (executions + 1)), points % (executions + 1)];
  if (from !== undefined && firstExecution === 0) callback.setState(from.state);
  // As a restored history has them.
  for (let epoch = 0; epoch < firstEpoch; epoch += 1)
    trainer.history.onEpochEnd(epoch, logsOfEpoch(epoch, validates));
  try {
    for (let epoch = firstEpoch; epoch < EPOCHS; epoch += 1) {
      const begun = epoch === firstEpoch ? firstExecution : 0;
      await list.onEpochBegin(epoch);
      if (begun > 0 && from !== undefined) callback.setState(from.state);
      for (let execution = begun; execution < executions; execution += 1) {
        const last = (execution + 1) * stepsPerExecution - 1;
        await list.onTrainBatchBegin(execution * stepsPerExecution);
        await list.onTrainBatchEnd(last, logsOf(epoch + last / 10));
        point();
      }
      trainer.learningRate = 0.1 / (epoch + 1);
      if (validates) await validate(list, epoch);
      await list.onEpochEnd(epoch, logsOfEpoch(epoch, validates));
      point();
    }
    await list.onTrainEnd();
  } catch (error) {
    if (error instanceof Killed) return { states };
    throw error;
  }
  await trainer.settle();
  return { states };
}

async function validate(list: CallbackList, epoch: number): Promise<void> {
  await list.onTestBegin();
  await list.onTestEnd(logsOf(epoch + 100));
}

function logsOfEpoch(epoch: number, validates: boolean): Logs {
  const validation = validates ? Object.entries(logsOf(epoch + 100)) : [];
  return { ...logsOf(epoch), ...Object.fromEntries(validation.map(([key, value]) => [`val_${key}`, value])) };
}

function logsOf(place: number): Logs {
  return { loss: 1 / (place + 1), mae: place };
}
