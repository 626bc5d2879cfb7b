import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTrainer, type TrainerProcess } from './trainer-process.js';

const MOST_STARTERS = 6;
/** Trainers that start while others race. */
const SPARES = 2;

/** How the rounds ended: `1 held, 3 KEEPFIT_STORE_LOCKED` → how many times. */
export type Outcomes = Readonly<Record<string, number>>;

/**
 * Lets 2 to 6 trainers in processes of their own race for the lock of a killed one, again and again. The
 * winner of a round is killed with SIGKILL, and so is the dead holder of the next round.
 */
export async function runRaces(
  rounds: number,
  kind: 'links' | 'no-links' = 'links',
): Promise<{ outcomes: Outcomes; leftovers: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-race-'));
  const start = (): Promise<TrainerProcess> => startTrainer(folder, kind);
  const waiting = Array.from({ length: MOST_STARTERS + SPARES }, start);
  const outcomes: Record<string, number> = {};
  try {
    for (let round = 0; round < rounds; round++) {
      const count = 2 + (round % (MOST_STARTERS - 1));
      const starters = await Promise.all(waiting.splice(0, count));
      const answers = await Promise.all(starters.map((starter) => starter.tryLock()));
      const outcome = describe(answers);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const isWinner = (_: unknown, index: number): boolean => answers[index] === 'held';
      await Promise.all(starters.filter(isWinner).map((winner) => winner.kill()));
      const others = starters.filter((_, index) => !isWinner(_, index));
      waiting.unshift(...others.map((other) => Promise.resolve(other)));
      while (waiting.length < MOST_STARTERS + SPARES) waiting.push(start());
    }
    const last = await (waiting[0] ?? start());
    await last.tryLock();
    await last.release();
    return { outcomes, leftovers: await readdir(folder) };
  } finally {
    for (const trainer of await Promise.all(waiting)) await trainer.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(answers: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts]
    .sort()
    .map(([answer, count]) => `${count} ${answer}`)
    .join(', ');
}
