import { vi } from 'vitest';
import { getErrorCode } from '../../src/system/file-errors.js';
import { toFolder } from '../../src/folder/folder.js';
import type { FileSystem } from '../../src/index.js';
import { acquireLock } from '../../src/lock/acquire-lock.js';
import { fakeHost } from './fake-host.js';
import { type TinyFiles, tinyFs } from './tiny-fs.js';
import { watchedFs } from './watched-fs.js';

export interface Race {
  readonly starters: number;
  /** Starters that may be killed, each before any of its steps. */
  readonly kills: number;
  /** Whether a holder releases its lock, so that later steps of others meet a free one. */
  readonly releases: boolean;
  readonly hasLinks: boolean;
  /** The content of `/runs` before the race, by name. No process of the given pids runs. */
  readonly files: Readonly<Record<string, string>>;
}

/** A starter, which stops before each step that others can see or that depends on others. */
interface Starter {
  readonly pid: number;
  /** What it did and saw. With its program, that is its whole state. */
  readonly history: string[];
  state: 'starts' | 'holds' | 'refused' | 'released' | 'killed';
  next: (() => void) | undefined;
  fault: unknown;
}

/** The end of one order of steps: how each starter ended, and the files. */
export interface RaceEnd {
  readonly states: readonly Starter['state'][];
  readonly files: TinyFiles;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const STEPS = new Set(['lstat', 'open', 'write', 'rename', 'link', 'unlink']);
/** All that a starter does with its temp files is one step with the one before. */
const isVisible = (path: string, to = ''): boolean =>
  !`${to || path}`.endsWith('.tmp') && path.startsWith('/runs/');

/**
 * Runs the real `acquireLock` of several starters in every order of their steps, with every choice of kills.
 * Orders that lead to the same files and the same histories are followed once. Returns how many situations
 * there were.
 *
 * @param check Called at the end of each order.
 * @throws an Error when two hold the lock at once, or a starter fails otherwise.
 */
export async function runEveryOrder(race: Race, check: (end: RaceEnd) => Promise<void>): Promise<number> {
  const seen = new Set<string>();
  const explore = async (
    order: readonly number[],
    { starters, files, describe, choose }: Play,
  ): Promise<void> => {
    if (starters.filter(({ state }) => state === 'holds').length > 1)
      throw new Error(`two hold the lock after ${order.join(' ')}: ${describe()}`);
    for (const { fault } of starters) if (fault !== undefined) throw fault;
    const situation = describe();
    if (seen.has(situation)) return;
    seen.add(situation);
    const killed = starters.filter(({ state }) => state === 'killed').length;
    const choices = starters.flatMap(({ next, pid, state }) => [
      ...(next === undefined ? [] : [pid]),
      ...(killed < race.kills && (next !== undefined || state === 'holds') ? [-pid] : []),
    ]);
    if (!starters.some(({ next }) => next !== undefined))
      await check({ states: starters.map(({ state }) => state), files: new Map(files) });
    for (const [index, choice] of choices.entries()) {
      // The last choice continues this play; the others need one of their own.
      const isLast = index === choices.length - 1;
      if (isLast) await choose(choice);
      await explore(
        [...order, choice],
        isLast ? { starters, files, describe, choose } : await play(race, [...order, choice]),
      );
    }
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    await explore([], await play(race, []));
  } finally {
    vi.useRealTimers();
  }
  return seen.size;
}

interface Play {
  readonly starters: readonly Starter[];
  readonly files: TinyFiles;
  /** Describes the situation: equal situations have equal descriptions. */
  describe(): string;
  choose(choice: number): Promise<void>;
}

/** Plays an order of steps: `2` is a step of the starter with pid 2, and `-2` kills it. */
async function play(race: Race, order: readonly number[]): Promise<Play> {
  const files: TinyFiles = new Map(
    Object.entries(race.files).map(([name, text]) => [`/runs/${name}`, { bytes: Buffer.from(text) }]),
  );
  const names = new Map<string, string>();
  /** Names each uuid by who used it first, so that equal situations have equal descriptions. */
  const canonical = (text: string, by: string): string =>
    text.replace(/"since":"[^"]*"/g, '').replace(UUID, (uuid) => {
      const name =
        names.get(uuid) ?? (race.files['.backup.lock']?.includes(uuid) ? uuid : `${by}#${names.size}`);
      names.set(uuid, name);
      return name;
    });
  const starters: Starter[] = [];
  for (let pid = 1; pid <= race.starters; pid++) starters.push(await begin(race, pid, starters, files));
  const choose = async (choice: number): Promise<void> => {
    const starter = starters[Math.abs(choice) - 1]!;
    if (choice < 0) {
      starter.state = 'killed';
      starter.next = undefined;
      starter.history.length = 0;
    } else {
      await proceed(starter);
    }
  };
  for (const choice of order) await choose(choice);
  const describe = (): string =>
    JSON.stringify([
      starters.map(({ state, history, pid }) => [state, history.map((line) => canonical(line, `${pid}`))]),
      [...files]
        .map(([path, { bytes }]) => canonical(`${path} ${Buffer.from(bytes).toString()}`, '?'))
        .sort(),
    ]);
  return { starters, files, describe, choose };
}

const arrivals = new WeakMap<Starter, () => void>();

/** Lets a starter take one step. Resolves when it stops before the next one, or has ended. */
async function proceed(starter: Starter): Promise<void> {
  const { next } = starter;
  if (next === undefined) throw new Error('the plays of one order differ');
  starter.next = undefined;
  // The claims of starters are ordered by their times, which must be the same in each play.
  vi.setSystemTime(starter.pid * 1000);
  await new Promise<void>((resolve) => {
    arrivals.set(starter, resolve);
    next();
  });
}

async function begin(
  race: Race,
  pid: number,
  starters: readonly Starter[],
  files: TinyFiles,
): Promise<Starter> {
  const starter: Starter = { pid, history: [], state: 'starts', next: undefined, fault: undefined };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      starter.next = resolve;
      arrivals.get(starter)?.();
    });
  const host = fakeHost({ pid, startTime: `${pid}` });
  const folder = toFolder('/runs', recordingFs(tinyFs(files, race.hasLinks), starter, stop), {
    ...host,
    findProcess: async (other) => {
      const found = starters[other - 1];
      const runs = found !== undefined && found.state !== 'killed';
      starter.history.push(`${other} ${runs ? 'runs' : 'is gone'}`);
      return runs ? { startTime: `${other}` } : undefined;
    },
    pause: async () => {
      await stop();
      // It is where it was after it had raised its claim, except that it counts its tries.
      const raised = starter.history.findIndex((line) => line.startsWith('rename'));
      starter.history.splice(raised + 1, Infinity, 'pause');
    },
  });
  const run = async (): Promise<void> => {
    try {
      const lock = await acquireLock(folder, 'backup');
      starter.state = 'holds';
      if (!race.releases) return;
      await stop();
      starter.state = 'released';
      await lock.release();
    } catch (error) {
      if (getErrorCode(error) === '' && (error as { code?: unknown }).code === 'KEEPFIT_STORE_LOCKED')
        starter.state = 'refused';
      else starter.fault = error;
    }
  };
  await new Promise<void>((resolve) => {
    arrivals.set(starter, resolve);
    void run().then(() => arrivals.get(starter)?.());
  });
  return starter;
}

/** Stops before each visible operation, and records what it gave. */
function recordingFs(fs: FileSystem, starter: Starter, stop: () => Promise<void>): FileSystem {
  let lookedAt = '';
  const visible = watchedFs(fs, async ({ name, path, to }) => {
    if (!STEPS.has(name) || !isVisible(path, to)) return;
    // To look at a file and then read it is one step.
    if (name !== 'open' || path !== lookedAt) await stop();
    lookedAt = name === 'lstat' ? path : '';
    starter.history.push(`${name} ${path} ${to ?? ''}`);
  });
  return {
    ...visible,
    readdir: async (path, options) => {
      await stop();
      const entries = await fs.readdir(path, options);
      starter.history.push(`readdir ${entries.map(({ name }) => name).join(' ')}`);
      return entries;
    },
    open: async (path, flags) => {
      const handle = await visible.open(path, flags);
      return {
        ...handle,
        read: async (...range) => {
          const result = await handle.read(...range);
          starter.history.push(`read ${Buffer.from(range[0]).toString()}`);
          return result;
        },
      };
    },
  };
}
