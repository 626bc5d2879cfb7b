import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { beforeAll, expect, test } from 'vitest';
import { triesAll } from '../../../../test/setup/sample.js';
import { killed, thrown } from './crash-plans.js';
import { type Crash, type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { proveEquivalence } from './prove-equivalence.js';
import { drawCase, randomOf, shrink } from './random-cases.js';

/** `KEEPFIT_LONG=2000 npx vitest run --project node random.test`: so many cases. A seed repeats a run. */
const cases = Number(process.env['KEEPFIT_LONG'] ?? (triesAll ? 12 : 4));
const seed = Number(
  process.env['KEEPFIT_SEED'] ??
    (process.env['KEEPFIT_LONG'] === undefined ? 1 : Math.floor(Math.random() * 2 ** 32)),
);

beforeAll(() => useBackend(cpuBackend()));

test(`${cases} random cases end as if nothing had happened`, { timeout: 24 * 3_600_000 }, async () => {
  console.log(`random cases: ${cases}, KEEPFIT_SEED=${seed}`);
  const random = randomOf(seed);
  let crashes = 0;
  for (let done = 1; done <= cases; done++) {
    const theCase = drawCase(random);
    const verdict = await proveEquivalence(theCase);
    crashes += verdict.crashes;
    if (verdict.differences.length > 0) throw await failure(theCase, done);
    if (done % 100 === 0) console.log(`${done} cases, ${crashes} crashes, differences: 0`);
  }
  console.log(`random cases: ${cases} cases, ${crashes} crashes, differences: 0, KEEPFIT_SEED=${seed}`);
});

test('the same seed draws the same cases', () => {
  const [a, b] = [randomOf(3), randomOf(3)];
  const drawn = Array.from({ length: 10 }, () => drawCase(a));
  expect(Array.from({ length: 10 }, () => drawCase(b))).toEqual(drawn);
  expect(new Set(drawn.map((theCase) => JSON.stringify(theCase))).size).toBe(10);
});

test('a failure is shrunk to what it needs', async () => {
  const random = randomOf(4);
  const isBad = ({ at, call }: Crash) => at === 'step' && call >= 3;
  const fails = async ({ optimizer, crashes }: EquivalenceCase) =>
    optimizer === 'adam' && crashes.some(isBad);
  const failing: EquivalenceCase = {
    ...drawCase(random),
    optimizer: 'adam',
    crashes: [killed('set', 2), thrown('step', 9)],
  };
  expect(await shrink(failing, fails)).toEqual({
    ...simplestCase,
    optimizer: 'adam',
    crashes: [thrown('step', 3)],
  });
});

async function failure(theCase: EquivalenceCase, number: number): Promise<Error> {
  const smallest = await shrink(
    theCase,
    async (simpler) => (await proveEquivalence(simpler)).differences.length > 0,
  );
  const { differences } = await proveEquivalence(smallest);
  return new Error(
    `case ${number} of KEEPFIT_SEED=${seed}, shrunk to\n${JSON.stringify(smallest)}\n${differences.join('\n')}`,
  );
}
