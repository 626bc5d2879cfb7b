import type { Capture, StateRecord, StateValue, TrainingCapture, TrainingState } from '@keepfit/callbacks';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import type { OptimizerSnapshot } from '../optimizer/optimizer-state.js';
import { captureTensor, type HeldTensor } from './capture-tensor.js';

/** The part of an epoch's running logs that a checkpoint keeps. */
export interface CapturableLogs {
  /** The means. */
  state(): StateRecord;
  /** The states of metrics, named `<key>/<index>`. */
  capture(): HeldTensor[];
}

export interface CaptureRequest {
  readonly model: Model;
  readonly optimizer: OptimizerSnapshot;
  readonly logs: CapturableLogs;
  /** The state without the optimizer's and the running logs, which `captureTraining` adds. */
  readonly state: TrainingState;
}

/**
 * Holds the current state of a training: references to its tensors, and copies of everything else.
 * Synchronous.
 */
export function captureTraining({ model, optimizer, logs, state }: CaptureRequest): TrainingCapture {
  const held = [
    ...captureWeights(model.weights),
    ...(model.states ?? []).map(captureState),
    ...[...optimizer.tensors].map(([name, tensor]) => captureTensor(`optimizer/${name}`, tensor)),
    ...logs.capture().map((entry) => ({ ...entry, name: `metrics/${entry.name}` })),
  ];
  const captures: Capture[] = [];
  const own = withOwnCaptures(state, captures) as TrainingState;
  return {
    entries: held,
    state: {
      ...own,
      optimizer: optimizer.saved as unknown as StateRecord,
      logs: logs.state(),
      tensors: held.map(({ name }) => name),
    },
    dispose() {
      for (const { dispose } of held) dispose();
      for (const capture of captures) capture.dispose();
    },
  };
}

/** The weights under the names that checkpoints give them. */
export function captureWeights(weights: readonly NamedWeight[]): HeldTensor[] {
  return weights.map(({ name, variable }) => captureTensor(`weights/${name}`, variable));
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

/**
 * The state with its own holds of captures and copies of arrays: while the backup waits or is written, a
 * callback may dispose a capture in its state or write into an array.
 */
function withOwnCaptures(value: StateValue, captures: Capture[]): StateValue {
  if (typeof value !== 'object' || value === null) return value;
  // A view without slice is not an array that a checkpoint can keep: the writer refuses it by name.
  if (ArrayBuffer.isView(value)) return 'slice' in value ? value.slice() : value;
  if (Array.isArray(value))
    return (value as readonly StateValue[]).map((item) => withOwnCaptures(item, captures));
  if (isCapture(value)) {
    const clone = value.clone();
    captures.push(clone);
    return clone;
  }
  return Object.fromEntries(
    Object.entries(value as StateRecord).map(([key, item]) => [key, withOwnCaptures(item, captures)]),
  );
}

function isCapture(value: object): value is Capture {
  const { entries, clone } = value as Partial<Capture>;
  return Array.isArray(entries) && typeof clone === 'function';
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
