import type { StateRecord } from '@keepfit/callbacks';
import { isKeepfitError } from '@keepfit/callbacks';
import type { Engine } from '../../contract/engine.js';
import { assertThat } from '../backend-kit.js';
import type { EngineKit } from './engine-kit.js';
import { MOST_ROWS } from './engine-training.js';
import { assertSame, train, type RunOptions } from './train-on-engine.js';

/** A worker that would give other bits is refused, and errors are told. */
export function testRefusals(kit: EngineKit): void {
  kit.test('refusal: workers with another model are refused before the first step', async (open) => {
    const { engine } = await open(kit.several);
    await assertRefused({ engine, isOther: true });
    assertSame(await train({ engine }), await kit.trainAlone(), 'after a refusal');
  });
  for (const [what, description] of DESCRIPTIONS)
    kit.test(`refusal: workers with ${what} are refused before the first step`, async (open) => {
      const { engine } = await open(kit.several);
      await assertRefused({ engine: withDescription(engine, description) });
    });

  kit.test('errors: one in a worker ends the fit, with its text', async (open) => {
    const { engine } = await open(kit.several);
    // The second shard has a row too many.
    const error = await catchError(train({ engine, shards: 2, batchSize: 33, rows: 33 }));
    assertThat(
      isKeepfitError(error) && error.message.includes(`at most ${MOST_ROWS} rows`),
      `fit must reject with a KeepfitError that has the text of the error in the worker, not with ${String(error)}`,
    );
    assertSame(await train({ engine }), await kit.trainAlone(), 'after an error in a worker');
  });
}

const DESCRIPTIONS: readonly [what: string, change: (description: StateRecord) => StateRecord][] = [
  ['other kernels', (description) => ({ ...description, kernels: 'other kernels 1' })],
  ['other losses or metrics', (description) => ({ ...description, step: 'another step' })],
  ['fewer weights', ({ weights, ...others }) => ({ ...others, weights: (weights as []).slice(1) })],
];

/** The same engine, which is given another description than that of its workers. */
function withDescription(engine: Engine, change: (description: StateRecord) => StateRecord): Engine {
  return {
    name: engine.name,
    begin: (training) => engine.begin({ ...training, description: change(training.description) }),
    sum: (step) => engine.sum(step),
    end: () => engine.end(),
  };
}

async function assertRefused(options: RunOptions): Promise<void> {
  let steps = 0;
  const count = { batchLogs: false, onTrainBatchEnd: () => void (steps += 1) };
  const error = await catchError(train({ ...options, callbacks: [count] }));
  const code = (error as { code?: unknown } | undefined)?.code;
  assertThat(
    code === 'KEEPFIT_INVALID_OPTION' && steps === 0,
    `begin must reject with KEEPFIT_INVALID_OPTION before the first step, but ${steps} steps were trained and fit gave ${String(error)}`,
  );
}

/** The error of a run; undefined if it has none. */
export function catchError(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => undefined,
    (error: unknown) => error,
  );
}
