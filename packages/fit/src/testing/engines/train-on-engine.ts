import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../contract/engine.js';
import { seeded } from '../../random/seeded.js';
import { Trainer } from '../../trainer-with-names.js';
import { assertThat, formatNumbers } from '../backend-kit.js';
import { createValues } from '../optimizers/direct-steps.js';
import { createTraining, type FreezableTraining } from './engine-training.js';

/** What a run gives, as text: its hooks with their logs in their order, then weights, optimizer, history, outputs. */
export type Outcome = ReadonlyMap<string, string>;

/** How a training runs. If nothing is said: 4 shards, 2 epochs of 14 rows in 3 batches, each validated on 5 rows. */
export interface PlainRunOptions {
  readonly shards?: number;
  readonly batchSize?: number;
  readonly rows?: number;
  /** Other data for another number. */
  readonly data?: number;
}

export interface RunOptions extends PlainRunOptions {
  readonly engine?: Engine;
  readonly callbacks?: readonly CallbackHooks[];
  /** Where each step is backed up. @default nowhere */
  readonly store?: CheckpointStore;
  /** Whether the model is one that the workers do not have. */
  readonly isOther?: boolean;
  /** Changes the model after a batch. */
  readonly change?: (freezable: FreezableTraining, epoch: number, batch: number) => void;
}

/** The text of the error that the kit throws in a hook. */
const CRASH = 'the crash of this test';

/** Trains a fresh model, as every run with the same options. */
export function train(options: RunOptions = {}): Promise<Outcome> {
  return withCoordinator(options, async ({ trainer, freezable, outcome, listen }) => {
    const { shards = 4, engine, batchSize = 6, rows = 14, data = 1, callbacks = [], store, change } = options;
    let epoch = 0;
    const changing: CallbackHooks = {
      batchLogs: false,
      onEpochBegin: (current) => void (epoch = current),
      onTrainBatchEnd: (batch) => change?.(freezable, epoch, batch),
    };
    await trainer.fit(...createData(data, rows), {
      ...{ batchSize, shards, epochs: 2, seed: 3, verbose: 0, validationBatchSize: 2 },
      validationData: createData(data + 100, 5),
      sampleWeight: createValues(data + 7, rows).map((value) => value + 1),
      ...(engine !== undefined && { engine }),
      callbacks: [
        listen,
        changing,
        ...(store === undefined ? [] : [new BackupAndRestore(store, { saveFreq: 1 })]),
        ...callbacks,
      ],
    });
    await addState(outcome, trainer);
  });
}

/**
 * Evaluates or predicts with the weights that a training has before its first step: four batches, which the engine is
 * given together.
 */
export function infer(what: 'evaluate' | 'predict', engine?: Engine): Promise<Outcome> {
  return withCoordinator({}, async ({ trainer, outcome, listen }) => {
    trainer.stepsPerExecution = 3;
    const [x, y] = createData(5, 7);
    const given = { batchSize: 2, verbose: 0 as const, callbacks: listen, ...(engine && { engine }) };
    if (what === 'evaluate') outcome.set('the logs', format(await trainer.evaluate(x, y, given)));
    else {
      const outputs = [await trainer.predict(x, given)].flat();
      for (const [at, tensor] of outputs.entries())
        outcome.set(`output ${at}`, `${tensor.shape.join()}: ${formatNumbers(await tensor.data())}`);
      tf.dispose(outputs);
    }
  });
}

/** A callback that ends the run by an error after this batch, counted from 1 over all epochs. */
export function crashAfter(step: number): CallbackHooks {
  let steps = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd() {
      steps += 1;
      if (steps === step) throw new Error(CRASH);
    },
  };
}

/** Waits for the crash of a run. Any other end is a fault. */
export async function waitForCrash(run: Promise<unknown>): Promise<void> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { cause } = (error ?? {}) as { cause?: { message?: unknown } };
  assertThat(
    cause?.message === CRASH,
    `a run must end with the error of its hook, not with ${String(error)}`,
  );
}

/** @param parts Of what the run must have the same. @default of all */
export function assertSame(
  found: Outcome,
  expected: Outcome,
  when: string,
  parts: readonly string[] = [...expected.keys()],
): void {
  const extra = [...found.keys()].filter((part) => !expected.has(part));
  for (const part of [...parts, ...extra]) {
    const [wanted, given] = [expected.get(part), found.get(part)];
    assertThat(
      given === wanted,
      `${part} must be as this thread alone gives it ${when}: ${shorten(wanted)}, not ${shorten(given)}`,
    );
  }
}

/** The parts of what a training gives that do not depend on the step at which it was continued. */
export function listFinalParts(outcome: Outcome): string[] {
  return [...outcome.keys()].filter((part) => !part.startsWith('hook'));
}

interface Coordinator {
  readonly trainer: Trainer;
  readonly freezable: FreezableTraining;
  readonly outcome: Map<string, string>;
  /** Notes all hooks, with their logs. */
  readonly listen: CallbackHooks;
}

async function withCoordinator(
  { isOther = false }: RunOptions,
  body: (coordinator: Coordinator) => Promise<void>,
): Promise<Outcome> {
  const freezable = seeded(3, () => createTraining(isOther ? 'relu' : 'tanh'));
  const { model, ...options } = freezable.training;
  const optimizer = tf.train.adam(0.05, 0.9, 0.999, 1e-7);
  const trainer = new Trainer(model, { ...options, optimizer });
  const outcome = new Map<string, string>();
  try {
    await body({ trainer, freezable, outcome, listen: createListener(outcome) });
    return outcome;
  } finally {
    optimizer.dispose();
    tf.dispose(model.weights.map(({ variable }) => variable));
  }
}

function createListener(outcome: Map<string, string>): CallbackHooks {
  const note =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      outcome.set(`hook ${outcome.size} (${name})`, values.map(format).join(' '));
    };
  return {
    batchLogs: true,
    onEpochBegin: note('onEpochBegin'),
    onTrainBatchEnd: note('onTrainBatchEnd'),
    onTestBatchEnd: note('onTestBatchEnd'),
    onPredictBatchEnd: (batch) => note('onPredictBatchEnd')(batch),
    onEpochEnd: note('onEpochEnd'),
    onTrainEnd: note('onTrainEnd'),
  };
}

async function addState(outcome: Map<string, string>, { model, optimizer, history }: Trainer): Promise<void> {
  for (const { name, variable } of model.weights)
    outcome.set(`the weight "${name}"`, formatNumbers(await variable.data()));
  const [steps, ...slots] = await optimizer.getWeights();
  for (const [at, { tensor }] of slots.entries())
    outcome.set(`variable ${at} of the optimizer`, formatNumbers(await tensor.data()));
  steps?.tensor.dispose();
  outcome.set('the history', format(history.history));
}

function createData(seed: number, rows: number) {
  const classes = createValues(seed + 1, rows).map((value) => Math.floor((value + 1) * 1.49));
  return [
    { data: createValues(seed, rows * 3), shape: [rows, 3] },
    [
      { data: classes, shape: [rows] },
      { data: createValues(seed + 2, rows * 2), shape: [rows, 2] },
    ],
  ] as const;
}

/** Numbers exactly: JSON would lose NaN and -0. */
function format(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' ? formatNumbers([part]) : part,
  );
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
