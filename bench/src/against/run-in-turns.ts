import type { Measured } from '../run-in-child.js';
import type { Round } from './compare-rows.js';

export type Side = keyof Round;

/**
 * Measures both sides once a round, in changing order, so that a drift of the machine's speed weighs on both.
 * It ends early, with one line to `report`, if a side fails or the other commit has no rows.
 */
export async function runInTurns(
  rounds: number,
  measure: (side: Side) => Promise<Measured>,
  names: Readonly<Record<Side, string>>,
  report: (line: string) => void,
): Promise<Round[]> {
  const made: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const found: Record<Side, Measured> = { own: NOTHING, other: NOTHING };
    const times: string[] = [];
    for (const side of round % 2 === 0 ? (['own', 'other'] as const) : (['other', 'own'] as const)) {
      const start = performance.now();
      found[side] = await measure(side);
      times.push(`${names[side]} ${((performance.now() - start) / 1000).toFixed(1)} s`);
      const { failure } = found[side];
      if (failure !== undefined) times.push(`which failed: ${failure}`);
    }
    report(`round ${round + 1} of ${rounds}: ${times.join(', ')}`);
    made.push({ own: found.own.rows, other: found.other.rows });
    if (found.own.failure !== undefined || found.other.failure !== undefined) break;
    if (found.other.rows.length > 0) continue;
    report(`${names.other} has no such bench, or it measures nothing here`);
    break;
  }
  return made;
}

const NOTHING: Measured = { rows: [], plots: [] };
