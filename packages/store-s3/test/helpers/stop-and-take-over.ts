import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createContent } from '@keepfit/callbacks/testing';
import { programFile } from '../../../../test/programs/program-file.js';
import { s3Store } from '../../src/index.js';
import { createS3Client } from '../../src/client/s3-client.js';
import { listNames } from '../../src/client/list-names.js';
import { createBytes } from './create-bytes.js';
import { type Instant, startHoldingProxy } from './holding-proxy.js';
import { signedFetch } from './signed-fetch.js';

const PROGRAM = programFile('packages/store-s3/test/helpers/stopped-trainer.ts');

/** When a process is stopped: in which request of its set or delete. */
export interface Stop {
  readonly action: 'set' | 'delete';
  readonly request: number;
  readonly instant: Instant;
}

/** How many requests a set of two parts sends, and a delete. */
const REQUESTS = { set: 7, delete: 3 };

export const stops: readonly Stop[] = (['set', 'delete'] as const).flatMap((action) =>
  Array.from({ length: 3 * REQUESTS[action] }, (_, index) => ({
    action,
    request: Math.floor(index / 3),
    instant: (['head', 'body', 'answer'] as const)[index % 3] ?? 'head',
  })),
);

/** What came of a takeover. */
export interface Takeover {
  /** Of the stopped process: "done" or the code of the error of its set or delete, a set and a delete. */
  readonly outcomes: readonly string[];
  readonly isLost: boolean;
  /** Whether the new holder still finds its bytes, under the version of its set. */
  readonly isKept: boolean;
  /** The names of all objects of the key, with VERSION in place of the version of the new holder. */
  readonly names: readonly string[];
}

/** What must come of a takeover: nothing is left of the stopped process. */
export function createExpected({ action, request, instant }: Stop): Takeover {
  // The last request but one replaces the pointer. What was done before the stop, the new holder has replaced.
  const last = REQUESTS[action] - 1;
  const isDoneBefore = request === last || (request === last - 1 && instant === 'answer');
  const refused = 'KEEPFIT_STORE_CONFLICT';
  return {
    outcomes: [isDoneBefore ? 'done' : refused, refused, refused],
    isLost: true,
    isKept: true,
    names: ['VERSION', 'current', 'lease'],
  };
}

/**
 * Stops a process that holds the lock in one of its requests, takes the lock over and stores a checkpoint, and lets the
 * process continue. Its request arrives after that, if the server did not have it before.
 */
export async function stopAndTakeOver(bucket: string, stop: Stop): Promise<Takeover> {
  const prefix = `${stop.action}-${stop.request}-${stop.instant}/`;
  const proxy = await startHoldingProxy(bucket);
  const child = spawn(process.execPath, [PROGRAM, proxy.url, prefix, stop.action], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    await lines.next();
    const held = proxy.holdUp(stop.request, stop.instant);
    child.stdin.write('go\n');
    const report = lines.next();
    const tooSoon = report.then(({ value }) => {
      throw new Error(`the process sent fewer requests than expected, and ended with ${value}`);
    });
    await Promise.race([held.isThere, tooSoon]);
    tooSoon.catch(() => undefined);
    child.kill('SIGSTOP');
    const next = s3Store({ url: bucket, prefix, fetch: signedFetch });
    const lock = await next.lock?.('backup');
    const bytes = createBytes(700, 4);
    const version = await next.set('backup', createContent(bytes));
    // A request that is on its way arrives while its sender is still stopped.
    if (stop.instant === 'body') await held.free();
    child.kill('SIGCONT');
    await held.free();
    const { outcomes, isLost } = JSON.parse((await report).value as string) as Takeover;
    const found = await next.get('backup');
    const names = await listNames(createS3Client(bucket, signedFetch), `${prefix}backup/`);
    await lock?.release();
    return {
      outcomes,
      isLost,
      isKept: found?.version === version && Buffer.compare(found.bytes, bytes) === 0,
      names: names.map((name) => name.slice(`${prefix}backup/`.length).replace(version, 'VERSION')).sort(),
    };
  } finally {
    child.kill('SIGKILL');
    await proxy.close();
  }
}
