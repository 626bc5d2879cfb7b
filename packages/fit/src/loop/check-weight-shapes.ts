import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { type BatchSource, disposeBatches } from '../data/batch-source.js';
import { RunningLogs } from '../objective/running-logs.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import { ModelIsolation } from '../state/model-isolation.js';
import { computeNormally } from '../steps/compute.js';
import type { TrainerParts } from './trainer-view.js';

/**
 * Evaluates the first batch of arrays whose weights have more axes than the samples, before any hook runs. Only the
 * model and the loss tell which shapes fit; weights [samples] always do. Leaves no trace in the model.
 *
 * @param what Names the argument in messages.
 * @throws KEEPFIT_INVALID_DATA when the weights do not fit.
 */
export async function checkWeightShapes(
  what: string,
  { model, step }: TrainerParts,
  source: BatchSource,
): Promise<void> {
  const { value, done } = await source.open({ pass: 0, from: 0, seed: 0 }).next();
  if (done === true) return;
  const logs = new RunningLogs(step.logPlan);
  const isolation = new ModelIsolation(
    model,
    model.weights.map(({ variable }) => variable.dataId),
  );
  try {
    const random = createRandomStream(0, 'inference', 0);
    isolation.run(() =>
      withRandom(random, () => step.test(value, logs, { random, compute: computeNormally })),
    );
  } catch (error) {
    // The training finds any other error itself.
    if (!isKeepfitError(error) || !/: (sample )?weights /.test(error.message)) return;
    throw new KeepfitError(error.code, `${what}: ${error.message.replace(`${error.code}: `, '')}`, {
      cause: error,
    });
  } finally {
    isolation.dispose();
    disposeBatches([value]);
    await logs.dispose();
  }
}
