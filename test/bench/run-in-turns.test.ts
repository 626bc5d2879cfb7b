import { expect, test } from 'vitest';
import { runInTurns, type Side } from '../../bench/src/against/run-in-turns.js';
import type { Measured } from '../../bench/src/run-in-child.js';

const ROW = { name: 'a row', unit: 'ms', value: 1, spread: [1, 1], runs: 1, facts: {} } as const;
const MEASURED: Measured = { rows: [ROW], plots: [] };
const NOTHING: Measured = { rows: [], plots: [] };

async function run(rounds: number, measure: (side: Side, round: number) => Measured) {
  const [turns, lines]: [Side[], string[]] = [[], []];
  const made = await runInTurns(
    rounds,
    async (side) => {
      turns.push(side);
      return measure(side, Math.floor((turns.length - 1) / 2));
    },
    { own: 'this', other: 'abc1234' },
    (line) => lines.push(line.replaceAll(/\d+\.\d s/g, '0.0 s')),
  );
  return { made, turns, lines };
}

test('both sides take turns in changing order', async () => {
  const { made, turns, lines } = await run(3, () => MEASURED);
  expect(turns).toEqual(['own', 'other', 'other', 'own', 'own', 'other']);
  expect(made).toEqual([1, 2, 3].map(() => ({ own: [ROW], other: [ROW] })));
  expect(lines).toEqual([
    'round 1 of 3: this 0.0 s, abc1234 0.0 s',
    'round 2 of 3: abc1234 0.0 s, this 0.0 s',
    'round 3 of 3: this 0.0 s, abc1234 0.0 s',
  ]);
});

test('if the other commit has no such bench, one line says so and this tree is measured once', async () => {
  const { made, turns, lines } = await run(3, (side) => (side === 'own' ? MEASURED : NOTHING));
  expect(turns).toEqual(['own', 'other']);
  expect(made).toEqual([{ own: [ROW], other: [] }]);
  expect(lines[1]).toBe('abc1234 has no such bench, or it measures nothing here');
});

test.each<Side>(['own', 'other'])(
  'if %s fails, a line says so and the rounds before count',
  async (failing) => {
    const { made, turns, lines } = await run(3, (side, round) =>
      side === failing && round === 1 ? { ...NOTHING, failure: 'the process ended with 1' } : MEASURED,
    );
    expect(turns).toHaveLength(4);
    expect(made[0]).toEqual({ own: [ROW], other: [ROW] });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(
      `${failing === 'own' ? 'this' : 'abc1234'} 0.0 s, which failed: the process ended with 1`,
    );
  },
);
