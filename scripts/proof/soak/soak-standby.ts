import type { CheckpointStore } from '../../../packages/callbacks/src/index.ts';
import { createRandomNumbers } from '../random-numbers.js';
import { openStore } from './open-store.js';
import { readNewest, type SeenCheckpoint } from './read-checkpoint.js';
import { startProcess, type TrainingProcess } from './start-process.js';

export interface StandbyOptions {
  readonly kills: number;
  readonly seed: number;
  readonly epochs: number;
  /** The bundle of train.ts. */
  readonly program: string;
  /** A folder, or the address of a bucket. */
  readonly place: string;
  /** Called after every kill, and at the end of every training. */
  readonly onKill?: (summary: StandbySummary) => void;
}

export interface StandbySummary {
  kills: number;
  /** Kills of the next holder while it took over, before it had acknowledged anything. */
  earlyKills: number;
  /** Processes that ended because the other had taken their lock, which happens on a busy machine. */
  lost: number;
  /** Trainings that ended, each compared to the uninterrupted one. */
  trainings: number;
  acknowledged: number;
}

/** In ms: how long after a kill the next holder may be killed that takes over. */
const TAKEOVER = 2500;

/**
 * Trains in two processes that share a store, one of which stands by. Kills the holder of the lock at random instants
 * and starts another process in its place. Every acknowledged checkpoint must equal that of the uninterrupted training
 * at its step, bit for bit, and so must the end. None may be lost by a takeover. Otherwise this rejects.
 *
 * @param expected The checkpoints of the uninterrupted training.
 */
export async function soakStandby(
  options: StandbyOptions,
  expected: readonly SeenCheckpoint[],
): Promise<StandbySummary> {
  const random = createRandomNumbers(options.seed);
  const exact = new Set(expected.map(({ step, digest }) => `${step} ${digest}`));
  const summary: StandbySummary = { kills: 0, earlyKills: 0, lost: 0, trainings: 0, acknowledged: 0 };
  while (summary.kills < options.kills || summary.trainings === 0) {
    const prefix = `training-${summary.trainings}/`;
    const start = (): TrainingProcess =>
      startProcess(options.program, [options.place, prefix, String(options.epochs)]);
    const store = openStore(options.place, prefix);
    await killUntilDone(start, store, exact, summary, random, options);
    if ((await readNewest(store))?.digest !== expected.at(-1)?.digest)
      throw new Error('the training ended with another state than the uninterrupted one');
    summary.trainings += 1;
    options.onKill?.(summary);
  }
  return summary;
}

async function killUntilDone(
  start: () => TrainingProcess,
  store: CheckpointStore,
  exact: ReadonlySet<string>,
  summary: StandbySummary,
  random: () => number,
  { kills, onKill }: StandbyOptions,
): Promise<void> {
  const running = [start(), start()];
  try {
    for (let victim: TrainingProcess | undefined; ;) {
      if (summary.kills < kills) {
        const isEarly = victim !== undefined && random() < 0.2;
        const milliseconds = random() * (isEarly ? TAKEOVER : 400);
        // The other one stood by when the last victim was killed.
        victim = isEarly ? running[0] : await findHolder(running);
        await endOrKill(victim, milliseconds);
      } else victim = await findHolder(running, true);
      const end = await victim?.ended;
      if (victim === undefined || end === undefined) throw new Error('no process runs any more');
      checkAcknowledged(victim, exact, await readNewest(store));
      summary.acknowledged += victim.acknowledged.length;
      running.splice(running.indexOf(victim), 1);
      if (end === 'completed') break;
      if (end === 'lost') summary.lost += 1;
      else {
        summary.kills += 1;
        if (victim.acknowledged.length === 0) summary.earlyKills += 1;
        onKill?.(summary);
      }
      if (summary.kills < kills || end === 'lost') running.push(start());
    }
    // If another one stands by, it takes the lock, and finds that nothing is left to do.
    for (const other of running)
      if ((await other.ended) !== 'completed') throw new Error('the last standby did not complete');
  } finally {
    for (const process of running) process.kill();
  }
}

/** Resolves to a process that acknowledges a checkpoint now, or ends; `untilEnd`: only to one that ends. */
async function findHolder(
  running: readonly TrainingProcess[],
  untilEnd = false,
): Promise<TrainingProcess | undefined> {
  return Promise.race(
    running.map(async (process) => {
      await (untilEnd ? process.ended : process.next());
      return process;
    }),
  );
}

async function endOrKill(victim: TrainingProcess | undefined, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => victim?.kill(), milliseconds);
  await victim?.ended.finally(() => clearTimeout(timer));
}

/** Checks what a process acknowledged, and that the store has its last checkpoint or a later one. */
function checkAcknowledged(
  { acknowledged }: TrainingProcess,
  exact: ReadonlySet<string>,
  found: SeenCheckpoint | undefined,
): void {
  for (const { step, digest } of found === undefined ? acknowledged : [...acknowledged, found]) {
    if (!exact.has(`${step} ${digest}`))
      throw new Error(`the checkpoint of step ${step} differs from that of the uninterrupted training`);
  }
  const [there, last] = [found?.generation ?? 0, acknowledged.at(-1)?.generation ?? 0];
  if (there < last) throw new Error(`the checkpoint is number ${there}, and ${last} was acknowledged`);
}
