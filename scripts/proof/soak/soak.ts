import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import { createRandomNumbers } from '../random-numbers.js';
import { bundleProgram } from './bundle-program.js';
import { type KillTime, type ProcessEnd, runProcess } from './run-process.js';
import { readNewest, type SeenCheckpoint } from './read-checkpoint.js';

export interface SoakOptions {
  readonly kills: number;
  readonly seed: number;
  readonly epochs: number;
  /** Called after every process. */
  readonly onProcess: (summary: SoakSummary) => void;
}

export interface SoakSummary {
  kills: number;
  /** Kills of a process that had acknowledged nothing yet: it started, took over the lock, or restored. */
  earlyKills: number;
  /** Kills that left a newer checkpoint than the last acknowledged one. */
  newerThanAcknowledged: number;
  /** Kills that left the temp file of a half-written checkpoint. */
  tempFilesLeft: number;
  /** Trainings that ended, each compared to the uninterrupted one. */
  trainings: number;
  acknowledged: number;
}

/**
 * Kills a training at random instants, again and again, and checks the checkpoint each time. It must pass
 * every check, be no older than the last acknowledged one, and equal the checkpoint of the uninterrupted
 * training at this step, bit for bit. Otherwise this rejects. The last training runs to its end.
 */
export async function soak({ kills, seed, epochs, onProcess }: SoakOptions): Promise<SoakSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-soak-'));
  try {
    const program = await bundleProgram(join(folder, 'program'));
    const run = (backup: string, kill?: KillTime): Promise<ProcessEnd> =>
      runProcess(program, [backup, '', String(epochs)], kill);
    const expected = (await run(join(folder, 'uninterrupted'))).acknowledged;
    const random = createRandomNumbers(seed);
    const summary: SoakSummary = {
      kills: 0,
      earlyKills: 0,
      newerThanAcknowledged: 0,
      tempFilesLeft: 0,
      trainings: 0,
      acknowledged: 0,
    };
    while (summary.kills < kills || summary.trainings === 0) {
      const backup = join(folder, `training-${summary.trainings}`);
      await killUntilDone(
        backup,
        expected,
        summary,
        () => (summary.kills < kills ? chooseKillTime(random) : undefined),
        run,
        onProcess,
      );
      summary.trainings += 1;
      onProcess(summary);
    }
    return summary;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs one training, in as many processes as needed. */
async function killUntilDone(
  backup: string,
  expected: readonly SeenCheckpoint[],
  summary: SoakSummary,
  nextKill: () => KillTime | undefined,
  run: (backup: string, kill?: KillTime) => Promise<ProcessEnd>,
  onProcess: (summary: SoakSummary) => void,
): Promise<void> {
  let last: SeenCheckpoint | undefined;
  for (let isDone = false; !isDone;) {
    const { wasKilled, acknowledged } = await run(backup, nextKill());
    isDone = !wasKilled;
    last = acknowledged.at(-1) ?? last;
    const found = await readNewest(fsStore(backup));
    checkFound(found, last, expected);
    summary.acknowledged += acknowledged.length;
    if (isDone) checkEnd(found, expected);
    else {
      const files = await readdir(backup).catch(() => []);
      summary.kills += 1;
      if (acknowledged.length === 0) summary.earlyKills += 1;
      if ((found?.generation ?? 0) > (last?.generation ?? 0)) summary.newerThanAcknowledged += 1;
      if (files.some((name) => name.endsWith('.tmp'))) summary.tempFilesLeft += 1;
    }
    // The checkpoint found now is durable for the next reader.
    last = found;
    onProcess(summary);
  }
}

function checkFound(
  found: SeenCheckpoint | undefined,
  last: SeenCheckpoint | undefined,
  expected: readonly SeenCheckpoint[],
): void {
  const [there, acknowledged] = [found?.generation ?? 0, last?.generation ?? 0];
  // At most one backup is in flight.
  if (there < acknowledged || there > acknowledged + 1) {
    throw new Error(
      `the checkpoint is number ${there}, and the last that was acknowledged is ${acknowledged}`,
    );
  }
  if (found === undefined) return;
  const isExact = expected.some(({ step, digest }) => step === found.step && digest === found.digest);
  if (!isExact)
    throw new Error(`the checkpoint of step ${found.step} differs from that of the uninterrupted training`);
}

function checkEnd(found: SeenCheckpoint | undefined, expected: readonly SeenCheckpoint[]): void {
  if (found?.digest !== expected.at(-1)?.digest)
    throw new Error('the training ended with another state than the uninterrupted one');
}

/**
 * Chooses mostly a time while it trains and saves, and sometimes while it starts, takes over the lock and
 * restores.
 */
function chooseKillTime(random: () => number): KillTime {
  if (random() < 0.2) return { after: 'start', milliseconds: 100 + random() * 500 };
  return { after: 'first checkpoint', milliseconds: random() * 400 };
}
