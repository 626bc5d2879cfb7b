import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks, HookName } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { callbackCases } from './callback-cases.js';
import { caught } from './caught.js';
import { Outside, type Unflushed } from './outside.js';
import { type CallbackCase, type Outcome, runCase } from './run-callback-case.js';
import { type CrashPoint, throwAt } from './throw-at.js';

/** The hooks in which training crashes; of each, the calls by how far training has come. */
const CRASHES: readonly (readonly [hook: HookName, fraction: number])[] = [
  ['onTrainBatchBegin', 0],
  ['onTrainBatchEnd', 0.2],
  ['onTestBatchEnd', 0.4],
  ['onEpochEnd', 0.5],
  ['onTrainBatchEnd', 0.6],
  ['onTestEnd', 1],
  ['onEpochEnd', 1],
  ['onTrainEnd', 1],
];

interface CrashTests {
  /** How often the training backs up in which a hook throws, and in the one that is killed. */
  readonly thrown: readonly (number | 'epoch')[];
  readonly killed: readonly (number | 'epoch')[];
  /** Of the cases, each n-th counts. */
  readonly everyCase: number;
  /** Of the instants at which it may be killed, each n-th counts. */
  readonly everyKill: number;
  /** Whether to register the test that the callback does something. */
  readonly proves: boolean;
  /** Whether to register the test in which the resumed run throws too. */
  readonly twice: boolean;
}

/**
 * Registers, for each case of each callback, the tests in which training crashes or is killed and continues.
 */
export function callbackCrashTests({
  thrown,
  killed,
  everyCase,
  everyKill,
  proves,
  twice,
}: CrashTests): void {
  beforeAll(async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await useBackend(cpuBackend());
  });
  afterAll(() => vi.restoreAllMocks());

  const cases = Object.entries(callbackCases).flatMap(([name, own]) =>
    own.map((theCase) => [name, theCase.title, theCase] as const),
  );
  describe.each(sample(cases, everyCase))('%s, %s', (_name, _title, theCase) => {
    let uninterrupted: Outcome;
    let crashes: readonly CrashPoint[] = [];

    beforeAll(async () => {
      uninterrupted = await runCase(theCase);
      if (thrown.length > 0) crashes = sample(await crashPoints(theCase), 4);
    });

    if (proves) test('does something that a crash could spoil', () => theCase.proves(uninterrupted));

    if (twice) {
      test('ends as if nothing had happened when the resumed run throws too, twice', async () => {
        const outside = new Outside();
        for (const point of [
          { hook: 'onTestBatchEnd', call: 1 },
          { hook: 'onTrainBatchEnd', call: 2 },
          { hook: 'onEpochEnd', call: 1 },
        ] as const) {
          const error = await caught(resumed(theCase, 3, outside, [throwAt(point)]));
          expect(error.code).toBe('KEEPFIT_HOOK_FAILED');
        }
        expect(await resumed(theCase, 3, outside)).toEqual(await withBackups(theCase, 3));
      });
    }

    test.each(thrown)(
      'ends as if nothing had happened when a hook throws, with saveFreq %s',
      async (saveFreq) => {
        const whole = await withBackups(theCase, saveFreq);
        for (const [index, point] of crashes.entries()) {
          const outside = new Outside();
          const crash = [throwAt(point)];
          const error = await caught(
            runCase(theCase, {
              outside,
              saveFreq,
              ...(index % 2 === 0 ? { before: crash } : { after: crash }),
            }),
          );
          expect(error).toMatchObject({ cause: { message: `crash at ${point.hook} ${point.call}` } });
          expect(await resumed(theCase, saveFreq, outside), `${point.hook} ${point.call}`).toEqual(whole);
        }
      },
    );

    test.each(killed)(
      'ends as if nothing had happened when it is killed at any time, with saveFreq %s',
      async (saveFreq) => {
        const outside = new Outside();
        const found: { outside: Outside; after: number }[] = [];
        outside.beforeChange = () => {
          const ways: Unflushed[] = outside.hasUnflushed ? ['kept', 'torn', 'lost'] : ['kept'];
          for (const unflushed of ways) found.push({ outside: outside.copy(unflushed), after: found.length });
        };
        const whole = await withBackups(theCase, saveFreq, outside);
        expect(found.length).toBeGreaterThan(1);
        for (const { outside: left, after } of found.filter((_, index) => index % everyKill === 0)) {
          expect(await resumed(theCase, saveFreq, left), `kill ${after}`).toEqual(whole);
        }
      },
    );

    async function withBackups(
      same: CallbackCase,
      saveFreq: number | 'epoch',
      outside = new Outside(),
    ): Promise<Outcome> {
      const ended = await runCase(same, { outside, saveFreq });
      const { stored, ...rest } = ended;
      const others = Object.fromEntries(Object.entries(stored).filter(([key]) => !key.startsWith('backup/')));
      expect({ ...rest, stored: others }, 'backups change nothing').toEqual(uninterrupted);
      return ended;
    }
  });
}

/** What a new process makes of it: a model with other initial weights, unless there is no checkpoint yet. */
function resumed(
  theCase: CallbackCase,
  saveFreq: number | 'epoch',
  outside: Outside,
  after: readonly CallbackHooks[] = [],
): Promise<Outcome> {
  return runCase(theCase, { outside, saveFreq, after, init: outside.stores.get('backup')?.size ? 99 : 1 });
}

/** Where the run without a crash calls hooks. */
async function crashPoints(theCase: CallbackCase): Promise<CrashPoint[]> {
  const calls = new Map<HookName, number>();
  const count = (hook: HookName) => () => void calls.set(hook, (calls.get(hook) ?? 0) + 1);
  const hooks = Object.fromEntries(CRASHES.map(([hook]) => [hook, count(hook)]));
  await runCase(theCase, { before: [{ ...hooks, batchLogs: false }] });
  return CRASHES.map(([hook, fraction]) => ({
    hook,
    call: Math.max(1, Math.ceil(fraction * (calls.get(hook) ?? 1))),
  }));
}
