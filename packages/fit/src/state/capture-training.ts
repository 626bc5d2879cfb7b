import type { Capture, StateRecord, StateValue, TrainingCapture, TrainingState } from '@keepfit/callbacks';
import type { Optimizer } from '@tensorflow/tfjs-core';
import type { RunningLogs } from '../objective/running-logs.js';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import { optimizerState } from '../optimizer/optimizer-state.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import { captureTensor, type HeldTensor } from './capture-tensor.js';

export interface CaptureRequest {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly slots: SlotOrder;
  readonly logs: RunningLogs;
  /** The state but what this function adds: the optimizer's numbers and the running logs. */
  readonly state: TrainingState;
}

/** Holds a training as it is now: references to its tensors, and copies of everything else. Synchronous. */
export function captureTraining({ model, optimizer, slots, logs, state }: CaptureRequest): TrainingCapture {
  const { variables, numbers } = optimizerState(optimizer, slots.names(trainedNames(model.weights)));
  const held = [
    ...captureWeights(model.weights),
    ...(model.states ?? []).map(captureState),
    ...[...variables].map(([name, variable]) => captureTensor(`optimizer/${name}`, variable)),
    ...logs.capture().map((entry) => ({ ...entry, name: `metrics/${entry.name}` })),
  ];
  const captures: Capture[] = [];
  const own = withOwnCaptures(state, captures) as TrainingState;
  return {
    entries: held,
    state: {
      ...own,
      optimizer: { class: optimizer.getClassName(), numbers },
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

/** The names of the weights that a step would train now. */
export function trainedNames(weights: readonly NamedWeight[]): string[] {
  return weights.filter(({ trainable }) => trainable).map(({ name }) => name);
}

/** A second holder of one capture each time it is asked; the capture is disposed when the last one is. */
export function shareCapture(capture: TrainingCapture): { lease(): TrainingCapture; dispose(): void } {
  let holders = 1;
  const release = () => {
    holders -= 1;
    if (holders === 0) capture.dispose();
  };
  return {
    lease() {
      holders += 1;
      return { ...capture, dispose: once(release) };
    },
    dispose: once(release),
  };
}

/** A capture of some held tensors, for callbacks. */
export function captureOf(held: readonly HeldTensor[]): Capture {
  return {
    entries: held,
    clone: () => captureOf(held.map(({ name, tensor }) => captureTensor(name, tensor))),
    dispose: once(() => held.forEach(({ dispose }) => dispose())),
  };
}

/**
 * A callback may let go of a capture in its state, or write into an array, while the backup waits or is written: so the backup takes a
 * hold and copies of its own.
 */
function withOwnCaptures(value: StateValue, captures: Capture[]): StateValue {
  if (typeof value !== 'object' || value === null) return value;
  // What has no slice is no array that a checkpoint can keep, and is refused by name where it is written.
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
