import { BackupAndRestore, type CallbackHooks, type Logs, type TrainerView } from '@keepfit/callbacks';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import type { FitOptions, Trainer } from '@keepfit/fit';
import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { Outside } from './outside.js';
import { plainData } from './plain-data.js';
import type { PlainModel } from './plain-model.js';
import { readableCheckpoint, readableWeights } from './readable-checkpoint.js';
import { decayRate } from './stateful-callbacks.js';
import { plainFitOptions, plainTrainer } from './train-plain.js';

/** One way to use a callback. */
export interface CallbackCase {
  readonly title: string;
  readonly options?: FitOptions;
  /** Fresh callbacks, as a new process makes them. */
  callbacks(outside: Outside, trainer: Trainer): readonly CallbackHooks[];
  /** Checks that the run without a crash does what makes it worth comparing with. */
  proves(outcome: Outcome): void;
}

export interface CaseRun {
  readonly outside?: Outside;
  /** The seed of the initial weights. */
  readonly init?: number;
  readonly saveFreq?: number | 'epoch';
  readonly before?: readonly CallbackHooks[];
  readonly after?: readonly CallbackHooks[];
}

/** All that can be seen of a run that ended. */
export interface Outcome {
  /** Weights, optimizer, learning rate, metrics, and the state of every callback. */
  readonly training: unknown;
  /** The weights when every callback's hooks have run. */
  readonly final: readonly string[];
  readonly epochs: readonly number[];
  readonly history: Readonly<Record<string, number[]>>;
  /** What lies in stores, by store and key. */
  readonly stored: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  /** What the server was sent, each event once, and how many ids of runs there were. */
  readonly events: readonly unknown[];
  readonly runIds: number;
  /** What was shown of each epoch, without times. */
  readonly lines: readonly string[];
}

/**
 * Trains a fresh model with fresh callbacks of a case, and expects that no tensor is left, however it ends.
 */
export async function runCase(theCase: CallbackCase, run: CaseRun = {}): Promise<Outcome> {
  const { outside = new Outside(), init = 1, saveFreq, before = [], after = [] } = run;
  const held = heldTensors();
  const trainer = plainTrainer({ init, trainer: { metrics: ['accuracy'] } });
  const backups = saveFreq === undefined ? [] : [new BackupAndRestore(outside.store('backup'), { saveFreq })];
  const end = endOfTraining();
  const { x, y } = plainData(10);
  const callbacks = [
    ...before,
    ...theCase.callbacks(outside, trainer),
    decayRate(0.98),
    ...after,
    ...backups,
    end,
  ];
  try {
    await trainer.fit(x, y, { ...plainFitOptions(), ...theCase.options, callbacks });
  } finally {
    trainer.optimizer.dispose();
    (trainer.model as PlainModel).dispose();
    expect(heldTensors()).toEqual(held);
  }
  const { epoch, history } = trainer.history;
  const training = await readableCheckpoint(end.bytes);
  return { training, final: end.weights, epochs: epoch, history, ...(await seen(outside)) };
}

function heldTensors(): { numTensors: number; numDataBuffers: number } {
  const { numTensors, numDataBuffers } = memory();
  return { numTensors, numDataBuffers };
}

async function seen({
  stores,
  files,
  posts,
  lines,
}: Outside): Promise<Pick<Outcome, 'stored' | 'files' | 'events' | 'runIds' | 'lines'>> {
  const stored = [...stores].flatMap(([name, contents]) =>
    [...contents].map(([key, bytes]) => [`${name}/${key}`, bytes] as const),
  );
  const events = posts.map((body) => JSON.parse(body) as Logs & { run_id: string });
  const withoutIds = events.map(({ run_id: _, ...event }) => JSON.stringify(event));
  return {
    stored: Object.fromEntries(
      await Promise.all(
        stored.map(async ([name, bytes]) => [name, await readableCheckpoint(bytes)] as const),
      ),
    ),
    files: Object.fromEntries([...files].map(([name, { bytes }]) => [name, bytes.toString('latin1')])),
    events: [...new Set(withoutIds)],
    runIds: new Set(events.map((event) => event.run_id)).size,
    lines: [...new Set(lines.map((line) => line.replaceAll(/ - \d+\w+(\/step)?(?= - )/g, '')))],
  };
}

/** Takes a last checkpoint, and the weights, when training ends. */
function endOfTraining(): CallbackHooks & {
  readonly bytes: Uint8Array;
  readonly weights: readonly string[];
} {
  let weights: readonly string[] = [];
  const chunks: Uint8Array[] = [];
  let model: TrainerView | undefined;
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainEnd: async () => {
      if (model === undefined) return;
      weights = await readableWeights(model.captureWeights());
      model.requestBackup(async (capture) => {
        const content = encodeCheckpoint(capture, {
          runId: 'end',
          generation: 0,
          savedAt: new Date(0).toISOString(),
          library: 'end',
        });
        for await (const chunk of content.chunks) chunks.push(chunk.slice());
        capture.dispose();
      });
    },
    get bytes() {
      return new Uint8Array(Buffer.concat(chunks));
    },
    get weights() {
      return weights;
    },
  };
}
