import { vi } from 'vitest';
import { type Position, Starter } from './starter.js';
import { perform } from './perform.js';
import type { State } from './starter-run.js';

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

/** The end of an order of steps: how each starter ended, and the content of each file by its path. */
export interface RaceEnd {
  readonly states: readonly State[];
  readonly files: ReadonlyMap<string, string>;
}

/** The files at one instant. Equal ones are one object. */
interface Files {
  readonly id: number;
  /** The keys of the situations with these files that were followed. */
  readonly seen: Set<number>;
  /** Which file has each path. */
  readonly paths: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** All of a race at one instant. */
interface Situation {
  /** Undefined for a starter that was killed. */
  readonly positions: readonly (Position | undefined)[];
  readonly files: Files;
}

/** A step of one starter: where it is then, and the files. */
interface Step {
  readonly position: Position;
  readonly files: Files;
}

/**
 * Runs the real `acquireLock` of several starters in every order of their steps, with every choice of kills.
 * Each situation is followed once, whichever orders lead to it. Returns how many situations there were.
 *
 * It does not play each order with the real code, which would take minutes. It learns what a starter does
 * after each answer of the file system, and plays that. A step depends only on the position of the starter, the
 * files and which others run, so each is played once.
 *
 * @param check Called at each different end.
 * @throws an Error when two hold the lock at once, or a starter fails otherwise.
 */
export async function runEveryOrder(race: Race, check: (end: RaceEnd) => Promise<void>): Promise<number> {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { stackTraceLimit } = Error;
  // Many answers are errors, and nobody reads their stacks.
  Error.stackTraceLimit = 0;
  try {
    const starters = Array.from(
      { length: race.starters },
      (_, index) => new Starter(index + 1, race.releases),
    );
    const steps = new Steps(race, starters);
    let count = 0;
    const ends = new Map<string, RaceEnd>();
    const open = [await begin(race, starters, steps)];
    for (let situation = open.pop(); situation !== undefined; situation = open.pop()) {
      const { seen } = situation.files;
      const key = toKey(situation);
      if (seen.has(key)) continue;
      seen.add(key);
      count += 1;
      checkHolders(situation);
      if (isEnd(situation)) ends.set(...toEnd(situation));
      await follow(race, steps, situation, open);
    }
    Error.stackTraceLimit = stackTraceLimit;
    for (const end of ends.values()) await check(end);
    return count;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    vi.useRealTimers();
  }
}

async function begin(race: Race, starters: readonly Starter[], steps: Steps): Promise<Situation> {
  const files = Object.entries(race.files).map(([name, text], index) => ({
    path: `/runs/${name}`,
    file: `0:${index}`,
    text,
  }));
  return {
    positions: await Promise.all(starters.map((starter) => starter.start())),
    files: steps.toFiles(
      new Map(files.map(({ path, file }) => [path, file])),
      new Map(files.map(({ file, text }) => [file, text])),
    ),
  };
}

/** More than the positions of a starter, and than all files; three of them fit into a number. */
const MOST = 2 ** 17;

/** Equal situations of equal files have equal keys. There are millions, so the key is a number. */
function toKey({ positions }: Situation): number {
  let key = 0;
  for (const position of positions) key = key * MOST + (position?.id ?? 0);
  return key;
}

const formatFiles = ({ paths, texts }: Pick<Files, 'paths' | 'texts'>): string =>
  [...paths]
    .map(([path, file]) => `${path} ${file} ${texts.get(file)}`)
    .sort()
    .join('\n');

const getStates = ({ positions }: Situation): State[] =>
  positions.map((position) => position?.state ?? 'killed');

function checkHolders(situation: Situation): void {
  const { positions, files } = situation;
  let holders = 0;
  for (const position of positions) {
    if (position?.fault !== undefined) throw position.fault;
    if (position?.state === 'holds') holders += 1;
  }
  if (holders > 1)
    throw new Error(`two hold the lock: ${getStates(situation).join()}\n${formatFiles(files)}`);
}

const isEnd = ({ positions }: Situation): boolean =>
  positions.every((position) => position?.request === undefined);

function toEnd(situation: Situation): [string, RaceEnd] {
  const { paths, texts } = situation.files;
  const states = getStates(situation).sort();
  const files = new Map([...paths].sort().map(([path, file]) => [path, texts.get(file) ?? '']));
  return [JSON.stringify([states, ...files]), { states, files }];
}

/** Adds the situations after each possible step. */
async function follow(race: Race, steps: Steps, situation: Situation, found: Situation[]): Promise<void> {
  const { positions } = situation;
  const killed = race.kills === 0 ? 0 : positions.filter((position) => position === undefined).length;
  for (const [index, position] of positions.entries()) {
    if (position === undefined) continue;
    if (position.request !== undefined) {
      // Nearly every step is known, and millions of awaits would take most of the time.
      const step = steps.find(index, position, situation) ?? (await steps.play(index, position, situation));
      found.push({ positions: replaceAt(positions, index, step.position), files: step.files });
    }
    if (killed < race.kills && (position.request !== undefined || position.state === 'holds'))
      found.push({ ...situation, positions: replaceAt(positions, index, undefined) });
  }
}

const replaceAt = <Item>(items: readonly Item[], at: number, item: Item): Item[] =>
  items.map((other, index) => (index === at ? item : other));

/** The steps of a race that were played, and the files that they left. */
class Steps {
  readonly #hasLinks: boolean;
  readonly #starters: readonly Starter[];
  /** By the starter, and then by its position, the files and which starters run. */
  readonly #played: readonly Map<number, Step>[];
  readonly #files = new Map<string, Files>();

  constructor({ hasLinks }: Race, starters: readonly Starter[]) {
    this.#hasLinks = hasLinks;
    this.#starters = starters;
    this.#played = starters.map(() => new Map<number, Step>());
  }

  toFiles(paths: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): Files {
    const key = formatFiles({ paths, texts });
    const files = this.#files.get(key) ?? { id: this.#files.size, seen: new Set<number>(), paths, texts };
    if (files.id >= MOST) throw new Error('there are more files than a key can number');
    this.#files.set(key, files);
    return files;
  }

  find(index: number, position: Position, situation: Situation): Step | undefined {
    return this.#played[index]?.get(toStepKey(position, situation));
  }

  /** Lets one starter continue until it stops again. */
  async play(index: number, from: Position, situation: Situation): Promise<Step> {
    const { positions, files } = situation;
    const paths = new Map(files.paths);
    const texts = new Map(files.texts);
    const isRunning = (pid: number): boolean => positions[pid - 1] !== undefined;
    let position = from;
    while (position.request !== undefined) {
      const answer = perform(position.request, paths, texts, this.#hasLinks, isRunning);
      position = (await this.#starters[index]?.next(position, answer)) ?? position;
      if (position.id >= MOST) throw new Error('a starter has more positions than a key can number');
      if (position.isStop) break;
    }
    const step = { position, files: this.toFiles(paths, texts) };
    this.#played[index]?.set(toStepKey(from, situation), step);
    return step;
  }
}

function toStepKey({ id }: Position, { positions, files }: Situation): number {
  let running = 0;
  for (const position of positions) running = running * 2 + (position === undefined ? 0 : 1);
  return (running * MOST + id) * MOST + files.id;
}
