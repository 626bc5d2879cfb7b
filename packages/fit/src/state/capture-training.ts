import type { Capture, StateRecord, TrainingCapture, TrainingState } from '@keepfit/callbacks';
import { holdState } from '@keepfit/callbacks/internal';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import type { RoleSnapshot } from './capture-optimizers.js';
import { captureTensor, type HeldTensor } from './capture-tensor.js';
import { byRole } from './saved-optimizers.js';

/** The part of an epoch's running logs that a checkpoint keeps. */
export interface CapturableLogs {
  /** The means. */
  state(): StateRecord;
  /** The states of metrics, named `<key>/<index>`. */
  capture(): HeldTensor[];
}

export interface CaptureRequest {
  readonly model: Model;
  readonly optimizers: readonly RoleSnapshot[];
  readonly logs: CapturableLogs;
  /** The state without the optimizers' and the running logs, which `captureTraining` adds. */
  readonly state: TrainingState;
}

/**
 * Holds the current state of a training: references to its tensors, and copies of everything else.
 * Synchronous.
 */
export function captureTraining({ model, optimizers, logs, state }: CaptureRequest): TrainingCapture {
  const held = [
    ...captureWeights(model.weights),
    ...(model.states ?? []).map(captureState),
    ...optimizers.flatMap(({ role, tensors }) =>
      [...tensors].map(([name, tensor]) => captureTensor(role.prefix + name, tensor)),
    ),
    ...logs.capture().map((entry) => ({ ...entry, name: `metrics/${entry.name}` })),
  ];
  const captures: Capture[] = [];
  // While the backup waits or is written, a callback may dispose a capture in its state or write into an array.
  const own = holdState(state, captures);
  return {
    entries: held,
    state: {
      ...own,
      ...(byRole(
        'optimizer',
        optimizers.map(({ role }) => role),
        (_, index) => optimizers[index]?.saved as unknown as StateRecord,
      ) as StateRecord),
      logs: logs.state(),
      tensors: held.map(({ name }) => name),
    },
    dispose() {
      for (const { dispose } of held) dispose();
      for (const capture of captures) capture.dispose();
    },
  };
}

/** What the names of weights begin with in checkpoints. */
export const WEIGHTS = 'weights/';

/** The weights under the names that checkpoints give them. */
export function captureWeights(weights: readonly NamedWeight[]): HeldTensor[] {
  return weights.map(({ name, variable }) => captureTensor(WEIGHTS + name, variable));
}

function captureState(state: NamedState): HeldTensor {
  const values = state.read();
  const held = captureTensor(`states/${state.name}`, values);
  values.dispose();
  return held;
}

/** Lets several holders share one capture; the last holder's `dispose` disposes it. */
export function shareCapture(capture: TrainingCapture): { retain(): TrainingCapture; dispose(): void } {
  let holders = 1;
  const release = () => {
    holders -= 1;
    if (holders === 0) capture.dispose();
  };
  return {
    retain() {
      holders += 1;
      return { ...capture, dispose: once(release) };
    },
    dispose: once(release),
  };
}

/** A capture of some held tensors, for callbacks. */
export function createCapture(held: readonly HeldTensor[]): Capture {
  return {
    entries: held,
    clone: () => createCapture(held.map(({ name, tensor }) => captureTensor(name, tensor))),
    dispose: once(() => held.forEach(({ dispose }) => dispose())),
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
