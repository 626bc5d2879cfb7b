import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTrainer, type TrainerProcess } from './trainer-process.js';

const MOST_STARTERS = 6;
/** Trainers that start while others race. */
const SPARES = 4;

/** How the races ended: `1 held, 3 KEEPFIT_STORE_LOCKED` → how many times. */
export type Outcomes = Readonly<Record<string, number>>;

/**
 * Lets 2 to 6 trainers in processes of their own race for the lock of a killed one, again and again. The
 * winner of a race is killed with SIGKILL, and so is the dead holder of the next race. To start a process
 * takes most of the time, so the trainers race in several folders at once, and losers race again.
 *
 * @param races A multiple of the number of folders.
 * @param atOnce The number of folders, with 2 to 6 starters in turn; a multiple of 5. More take fewer processes.
 */
export async function runRaces(
  races: number,
  kind: 'links' | 'no-links' = 'links',
  atOnce = 10,
): Promise<{ outcomes: Outcomes; leftovers: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-race-'));
  const start = (): Promise<TrainerProcess> => startTrainer(folder, kind);
  const waiting = Array.from({ length: MOST_STARTERS + SPARES }, start);
  const folders = Array.from({ length: atOnce }, (_, index) => `race-${index}`);
  const outcomes: Record<string, number> = {};
  try {
    const first = await start();
    await Promise.all(folders.map((name) => first.tryLock(name)));
    await first.kill();
    const rounds = races / folders.length;
    for (let round = 0; round < rounds; round++) {
      const trainers = await Promise.all(waiting.splice(0, MOST_STARTERS));
      const answers = await Promise.all(folders.map((name, index) => race(name, trainers, round, index)));
      for (const outcome of answers.map(describe)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const winners = trainers.filter((_, at) => answers.some((found) => found.get(at) === 'held'));
      const losers = trainers.filter((trainer) => !winners.includes(trainer));
      waiting.push(...losers.map((loser) => Promise.resolve(loser)));
      const wanted = round + 1 < rounds ? MOST_STARTERS + (round + 2 < rounds ? SPARES : 0) : 1;
      while (waiting.length < wanted) waiting.push(start());
      await Promise.all(winners.map((winner) => winner.kill()));
    }
    const last = await (waiting[0] ?? start());
    const leftovers = await Promise.all(
      folders.map(async (name) => {
        await last.tryLock(name);
        await last.release(name);
        return readdir(join(folder, name));
      }),
    );
    return { outcomes, leftovers: leftovers.flat() };
  } finally {
    for (const trainer of await Promise.all(waiting)) await trainer.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets some of the trainers race in a folder. Resolves to their answers by their indices. */
async function race(
  folder: string,
  trainers: readonly TrainerProcess[],
  round: number,
  index: number,
): Promise<ReadonlyMap<number, string>> {
  const count = 2 + (index % (MOST_STARTERS - 1));
  const starters = Array.from({ length: count }, (_, nth) => (round + index + nth) % MOST_STARTERS);
  const answers = starters.map(async (at) => [at, (await trainers[at]?.tryLock(folder)) ?? ''] as const);
  return new Map(await Promise.all(answers));
}

function describe(answers: ReadonlyMap<number, string>): string {
  const counts = new Map<string, number>();
  for (const answer of answers.values()) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts]
    .sort()
    .map(([answer, count]) => `${count} ${answer}`)
    .join(', ');
}
