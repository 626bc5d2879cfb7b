import { vi } from 'vitest';
import { type Position, Starter } from './starter.js';
import type { Answer, Request, State } from './starter-run.js';

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

/** All of a race at one instant. */
interface Situation {
  /** Undefined for a starter that was killed. */
  readonly positions: readonly (Position | undefined)[];
  /** Which file has each path. */
  readonly paths: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Runs the real `acquireLock` of several starters in every order of their steps, with every choice of kills.
 * Each situation is followed once, whichever orders lead to it. Returns how many situations there were.
 *
 * It does not play each order with the real code, which would take minutes. It learns what a starter does
 * after each answer of the file system, and plays that.
 *
 * @param check Called at each different end.
 * @throws an Error when two hold the lock at once, or a starter fails otherwise.
 */
export async function runEveryOrder(race: Race, check: (end: RaceEnd) => Promise<void>): Promise<number> {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const starters = Array.from(
      { length: race.starters },
      (_, index) => new Starter(index + 1, race.releases),
    );
    const seen = new Set<string>();
    const ends = new Map<string, RaceEnd>();
    const open = [await begin(race, starters)];
    for (let situation = open.pop(); situation !== undefined; situation = open.pop()) {
      const description = describe(situation);
      if (seen.has(description)) continue;
      seen.add(description);
      checkHolders(situation);
      if (isEnd(situation)) ends.set(...toEnd(situation));
      open.push(...(await follow(race, starters, situation)));
    }
    for (const end of ends.values()) await check(end);
    return seen.size;
  } finally {
    vi.useRealTimers();
  }
}

async function begin(race: Race, starters: readonly Starter[]): Promise<Situation> {
  const files = Object.entries(race.files).map(([name, text], index) => ({
    path: `/runs/${name}`,
    file: `0:${index}`,
    text,
  }));
  return {
    positions: await Promise.all(starters.map((starter) => starter.start())),
    paths: new Map(files.map(({ path, file }) => [path, file])),
    texts: new Map(files.map(({ file, text }) => [file, text])),
  };
}

/** Equal situations have equal descriptions. */
function describe({ positions, paths, texts }: Situation): string {
  const files = [...paths].map(([path, file]) => `${path} ${file} ${texts.get(file)}`).sort();
  return [...positions.map((position) => position?.id ?? 'killed'), ...files].join('\n');
}

const getStates = ({ positions }: Situation): State[] =>
  positions.map((position) => position?.state ?? 'killed');

function checkHolders(situation: Situation): void {
  for (const position of situation.positions) if (position?.fault !== undefined) throw position.fault;
  if (getStates(situation).filter((state) => state === 'holds').length > 1)
    throw new Error(`two hold the lock: ${describe(situation)}`);
}

const isEnd = ({ positions }: Situation): boolean =>
  positions.every((position) => position?.request === undefined);

function toEnd(situation: Situation): [string, RaceEnd] {
  const { paths, texts } = situation;
  const states = getStates(situation).sort();
  const files = new Map([...paths].sort().map(([path, file]) => [path, texts.get(file) ?? '']));
  return [JSON.stringify([states, ...files]), { states, files }];
}

/** Finds the situations after each possible step. */
async function follow(race: Race, starters: readonly Starter[], situation: Situation): Promise<Situation[]> {
  const { positions } = situation;
  const found: Situation[] = [];
  const killed = positions.filter((position) => position === undefined).length;
  for (const [index, position] of positions.entries()) {
    const starter = starters[index];
    if (position === undefined || starter === undefined) continue;
    if (position.request !== undefined) found.push(await takeStep(race, starter, index, situation));
    if (killed < race.kills && (position.request !== undefined || position.state === 'holds'))
      found.push({ ...situation, positions: replaceAt(positions, index, undefined) });
  }
  return found;
}

const replaceAt = <Item>(items: readonly Item[], at: number, item: Item): Item[] =>
  items.map((other, index) => (index === at ? item : other));

/** Lets one starter continue until it stops again. */
async function takeStep(
  race: Race,
  starter: Starter,
  index: number,
  { positions, ...files }: Situation,
): Promise<Situation> {
  const paths = new Map(files.paths);
  const texts = new Map(files.texts);
  let position = positions[index];
  while (position?.request !== undefined) {
    const isRunning = (pid: number): boolean => positions[pid - 1] !== undefined;
    const answer = perform(position.request, paths, texts, race.hasLinks, isRunning);
    position = await starter.next(position, answer);
    if (position.isStop) break;
  }
  return { positions: replaceAt(positions, index, position), paths, texts };
}

/** Performs a request on the files, and returns its answer. */
function perform(
  request: Request,
  paths: Map<string, string>,
  texts: Map<string, string>,
  hasLinks: boolean,
  isRunning: (pid: number) => boolean,
): Answer {
  switch (request.name) {
    case 'pause':
    case 'hold':
      return {};
    case 'findProcess':
      return { runs: isRunning(request.pid) };
    case 'readdir':
      return { names: [...paths.keys()].sort().map((path) => path.slice('/runs/'.length)) };
    case 'create':
      if (paths.has(request.path)) return { error: 'EEXIST' };
      paths.set(request.path, request.file);
      texts.set(request.file, '');
      return {};
    case 'write':
      texts.set(request.file, request.text);
      return {};
    default:
      return performOnFile(request, paths, texts, hasLinks);
  }
}

function performOnFile(
  request: Extract<Request, { name: 'lstat' | 'read' | 'unlink' | 'rename' | 'link' }>,
  paths: Map<string, string>,
  texts: ReadonlyMap<string, string>,
  hasLinks: boolean,
): Answer {
  const file = paths.get(request.path);
  if (request.name === 'link' && !hasLinks) return { error: 'EPERM' };
  if (file === undefined) return { error: 'ENOENT' };
  switch (request.name) {
    case 'lstat':
      return {};
    case 'read':
      return { text: texts.get(file) ?? '' };
    case 'link':
      if (paths.has(request.to)) return { error: 'EEXIST' };
      paths.set(request.to, file);
      return {};
    case 'rename':
      paths.set(request.to, file);
      paths.delete(request.path);
      return {};
    case 'unlink':
      paths.delete(request.path);
      return {};
  }
}
