import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listWorkers } from '../../../packages/engine-nats/src/index.ts';
import { startNatsServer } from '../../../packages/engine-nats/test/helpers/nats-server.ts';
import { serveWorkerPage } from '../../../packages/engine-nats/test/helpers/serve-worker-page.ts';
import { createCephBucket } from '../../../packages/store-s3/test/helpers/ceph-bucket.ts';
import { startS3Server } from '../../../packages/store-s3/test/helpers/s3-server.ts';
import { chromiumPath } from '../../../test/browser/chromium.ts';
import { startChromium } from '../../../test/browser/killable-chromium.ts';
import { bundlePrograms } from '../../../test/programs/bundle-programs.ts';
import { createRandomNumbers } from '../random-numbers.js';
import { runProcess } from '../soak/run-process.js';
import { openStore } from '../soak/open-store.js';
import { readNewest, type SeenCheckpoint } from '../soak/read-checkpoint.js';
import { connectPatiently } from './connect-patiently.js';
import { startCoordinators } from './coordinators.js';
import { startRelay } from './relay.js';
import { startWorker } from './start-worker.js';

export interface ChaosOptions {
  /** For how long things go wrong. Then the training ends undisturbed. */
  readonly seconds: number;
  readonly seed: number;
  /** Of one training, of 9 steps each. */
  readonly epochs: number;
  /** Called after each training. */
  readonly onTraining?: (summary: ChaosSummary) => void;
}

export interface ChaosSummary {
  /** How often each of the things that go wrong was done. */
  readonly events: Record<EventName, number>;
  /** Shards that the page has computed since it was last loaded, at the end of each training. */
  pageShards: number;
  /** Coordinators that ended because their standby had taken over. */
  lost: number;
  /** Trainings that ended, each compared to that of one thread. */
  trainings: number;
  /** Checkpoints that were acknowledged, each compared to that of one thread. */
  acknowledged: number;
}

/** What goes wrong, and how often compared to the others. */
const EVENTS = {
  'a worker is killed': 4,
  'a worker is suspended': 3,
  'a connection is cut': 4,
  'a coordinator or its standby is killed': 2,
  'a coordinator or its standby is suspended': 2,
  'the page is loaded again': 1,
  'the server of NATS is killed': 1,
} as const;

type EventName = keyof typeof EVENTS;

const names = Object.keys(EVENTS) as EventName[];

/** The most ms between two events, and the most that a process is suspended. The lease of the store is 1000 ms. */
const [PAUSE, SUSPENSION] = [700, 2500];
const WORKERS = 3;

/**
 * Trains with a coordinator, a standby, three workers in processes and one in a page, on a bucket and a server of NATS,
 * while processes are killed and suspended, connections are cut, and the server is restarted. Each acknowledged
 * checkpoint, and each end, must equal that of the same training in one thread, bit for bit. Otherwise this rejects.
 */
export async function runChaos({ seconds, seed, epochs, onTraining }: ChaosOptions): Promise<ChaosSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-chaos-'));
  const cleanups: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  try {
    const here = (name: string): string => fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    await bundlePrograms({ train: here('train'), worker: here('worker') }, join(folder, 'programs'));
    const [train, work] = ['train.mjs', 'worker.mjs'].map((name) => join(folder, 'programs', name)) as [
      string,
      string,
    ];
    const alone = await runProcess(train, [join(folder, 'alone'), '', String(epochs)]);

    const bucket = await startS3Server();
    cleanups.push(() => bucket.close());
    const place = (await createCephBucket()) ?? bucket.url;
    const server = await startNatsServer();
    cleanups.push(() => server.stop());
    const connection = await connectPatiently(server.url);
    cleanups.push(() => connection.close());
    const relay = await startRelay(Number(new URL(server.url).port));
    cleanups.push(() => relay.close());
    const address = `nats://127.0.0.1:${relay.port}`;
    const workers = Array.from({ length: WORKERS }, () => startWorker(work, address));
    cleanups.push(() => Promise.all(workers.map((worker) => worker.stop())));
    const site = await serveWorkerPage(join(folder, 'site'));
    cleanups.push(() => site.close());
    const browser = chromiumPath === undefined ? undefined : await startChromium(join(folder, 'profile'));
    cleanups.push(() => browser?.kill());
    const page = await browser?.context.newPage();
    await page?.goto(site.getAddress('chaos', server.websocketUrl));

    const random = createRandomNumbers(seed);
    const choose = (count: number): number => Math.floor(random() * count);
    const summary: ChaosSummary = {
      events: Object.fromEntries(names.map((name) => [name, 0])) as Record<EventName, number>,
      pageShards: 0,
      lost: 0,
      trainings: 0,
      acknowledged: 0,
    };
    const end = performance.now() + seconds * 1000;
    do {
      const prefix = `training-${summary.trainings}/`;
      const coordinators = startCoordinators(train, [place, prefix, String(epochs), address]);
      cleanups.push(() => coordinators.stop());
      const actions: Record<EventName, () => unknown> = {
        'a worker is killed': () => workers[choose(WORKERS)]?.kill(),
        'a worker is suspended': () => workers[choose(WORKERS)]?.suspend(random() * SUSPENSION),
        'a connection is cut': () => relay.cut(choose),
        'a coordinator or its standby is killed': () => coordinators.kill(choose(2)),
        'a coordinator or its standby is suspended': () =>
          coordinators.suspend(choose(2), random() * SUSPENSION),
        'the page is loaded again': () => page?.reload(),
        'the server of NATS is killed': () => server.restart(),
      };
      const disturbed = disturb(end, actions, random, summary, coordinators.completed);
      const failed = Promise.race(workers.map(({ ended }) => ended)).then(() => []);
      const acknowledged = await Promise.race([coordinators.completed, failed]);
      await disturbed;
      check(acknowledged, await readNewest(openStore(place, prefix)), alone.acknowledged);
      for (const { worker, computed } of await listWorkers({ connection }))
        if (worker.startsWith('page')) summary.pageShards += computed;
      summary.lost += coordinators.lost;
      summary.acknowledged += acknowledged.length;
      summary.trainings += 1;
      onTraining?.(summary);
    } while (performance.now() < end);
    return summary;
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Lets things go wrong until the time is over, or the training is complete. */
async function disturb(
  end: number,
  actions: Readonly<Record<EventName, () => unknown>>,
  random: () => number,
  { events }: ChaosSummary,
  completed: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  completed.then(over, over);
  const bag = names.flatMap((name) => Array.from({ length: EVENTS[name] }, () => name));
  for (;;) {
    await Promise.race([delay(random() * PAUSE), completed.catch(() => undefined)]);
    if (isOver || performance.now() > end) return;
    const name = bag[Math.floor(random() * bag.length)] as EventName;
    await actions[name]();
    events[name] += 1;
  }
}

function check(
  acknowledged: readonly SeenCheckpoint[],
  newest: SeenCheckpoint | undefined,
  alone: readonly SeenCheckpoint[],
): void {
  const exact = new Set(alone.map(({ step, digest }) => `${step} ${digest}`));
  for (const { step, digest } of acknowledged)
    if (!exact.has(`${step} ${digest}`))
      throw new Error(`the checkpoint of step ${step} differs from that of one thread`);
  if (newest?.digest !== alone.at(-1)?.digest)
    throw new Error('the training ended with another state than that of one thread');
}
