import { type ChildProcess, fork } from 'node:child_process';
import type { Order, Report } from './messages.js';
import type { Proof } from './proof.js';

/** How a training process ended, and how many worker threads it lost before. */
export type Ending = { readonly lostWorkers: number } & (
  | {
      readonly kind: 'done';
      readonly proof: Proof;
      readonly history: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly kind: 'killed'; readonly epoch: number; readonly batch: number; readonly steps: number }
);

/**
 * When to kill: after this many epochs (a fraction), plus some milliseconds, so that the kill may hit any
 * step.
 */
export interface KillPlan {
  readonly afterEpochs: number;
  readonly thenMs: number;
}

/** Runs one training process to its end, or kills it by SIGKILL as planned. Rejects if it fails by itself. */
export async function runTraining(order: Order, kill: KillPlan | undefined): Promise<Ending> {
  const child = fork(new URL('./train.ts', import.meta.url), { stdio: 'inherit' });
  const follow = followProgress(child, kill);
  child.send(order);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...ending) => resolve(ending));
  });
  clearTimeout(follow.timer);
  if (signal === 'SIGKILL' && follow.wasKilled) {
    const { lostWorkers, place } = follow;
    return { kind: 'killed', lostWorkers, ...place };
  }
  if (code === 0 && follow.done !== undefined) return { ...follow.done, lostWorkers: follow.lostWorkers };
  throw new Error(`the training process ended with ${signal ?? `status ${code}`}`);
}

interface Followed {
  place: { epoch: number; batch: number; steps: number };
  done: (Report & { kind: 'done' }) | undefined;
  timer: NodeJS.Timeout | undefined;
  wasKilled: boolean;
  lostWorkers: number;
}

function followProgress(child: ChildProcess, kill: KillPlan | undefined): Followed {
  const followed: Followed = {
    place: { epoch: 0, batch: -1, steps: 0 },
    done: undefined,
    timer: undefined,
    wasKilled: false,
    lostWorkers: 0,
  };
  let batches = 0;
  child.on('message', (report: Report) => {
    if (report.kind === 'begin') followed.place.steps = report.steps;
    if (report.kind === 'epoch') followed.place = { ...followed.place, epoch: report.epoch, batch: -1 };
    if (report.kind === 'worker') followed.lostWorkers += 1;
    if (report.kind === 'done') followed.done = report;
    if (report.kind !== 'batch') return;
    followed.place.batch = report.batch;
    batches += 1;
    if (kill === undefined || batches !== Math.max(1, Math.round(kill.afterEpochs * followed.place.steps)))
      return;
    followed.timer = setTimeout(() => {
      followed.wasKilled = child.kill('SIGKILL');
    }, kill.thenMs);
  });
  return followed;
}
