import type { Logs } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import { registerGradients } from '../backend/register-gradients.js';
import { withWatchedKernels } from '../backend/watch-stock-kernels.js';
import type { Arrays } from '../data/array-data.js';
import { createWholeBatch } from '../data/array-source.js';
import { type Batch, disposeBatches } from '../data/batch-source.js';
import { applyClassWeight } from '../data/class-weights.js';
import { checkIsOneBatch } from '../data/data-arguments.js';
import { readArrays } from '../data/fit-data.js';
import { checkOptimizer } from '../optimizer/check-optimizer.js';
import { nameWeights } from '../optimizer/name-weights.js';
import { checkOneBatchOptions } from '../options/check-options.js';
import type { OneBatchOptions } from '../options/fit-options.js';
import { withOneSpelling } from '../options/resolve-options.js';
import { RunningLogs } from '../objective/running-logs.js';
import { withModel } from '../state/model-use.js';
import { computeNormally } from '../steps/compute.js';
import { getDataShape, getTargetReading } from '../steps/step.js';
import { createRandomStream, drawSeed } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { TrainerParts } from './trainer-view.js';

/** Trains and evaluates single batches, without callbacks, for a user's own loop. */
export class OneBatchRuns {
  readonly #getParts: () => TrainerParts;
  readonly #seed = drawSeed();
  #trained = 0;
  #hasWarnedOfClassWeight = false;

  /** @param getParts Gives what the trainer trains with now: it may be compiled again. */
  constructor(getParts: () => TrainerParts) {
    this.#getParts = getParts;
  }

  /** See `Trainer.trainOnBatch`. */
  async train(x: Arrays, y: Arrays | undefined, options: OneBatchOptions): Promise<Logs> {
    checkOneBatchOptions('trainOnBatch', options);
    const parts = this.#getParts();
    const { model, optimizers, step } = parts;
    optimizers.forEach(({ optimizer }) => checkOptimizer(optimizer));
    await registerGradients();
    for (const { watch, optimizer } of optimizers) {
      nameWeights(optimizer, model.weights);
      await watch.prepare(optimizer);
    }
    return this.#run('trainOnBatch', parts, x, y, options, (batch, logs) => {
      const random = createRandomStream(options.seed ?? this.#seed, 'step', this.#trained);
      this.#trained += 1;
      withRandom(random, () => step.train(batch, logs, { random, compute: computeNormally }));
    });
  }

  /** See `Trainer.testOnBatch`. */
  async test(x: Arrays, y: Arrays | undefined, options: OneBatchOptions): Promise<Logs> {
    checkOneBatchOptions('testOnBatch', options);
    const parts = this.#getParts();
    return this.#run('testOnBatch', parts, x, y, options, (batch, logs) => {
      const random = createRandomStream(options.seed ?? 0, 'inference', 0);
      withRandom(random, () => parts.step.test(batch, logs, { random, compute: computeNormally }));
    });
  }

  async #run(
    caller: 'trainOnBatch' | 'testOnBatch',
    parts: TrainerParts,
    x: Arrays,
    y: Arrays | undefined,
    options: OneBatchOptions,
    step: (batch: Batch, logs: RunningLogs) => void,
  ): Promise<Logs> {
    checkIsOneBatch(caller, x);
    await parts.step.prepare();
    return withModel(parts.model, caller, async () => {
      const batch = await this.#readBatch(caller, parts, x, y, options);
      const logs = new RunningLogs(parts.step.logPlan);
      try {
        return await withWatchedKernels(caller === 'trainOnBatch' ? 'training' : 'inference', () => {
          step(batch, logs);
          return logs.read();
        });
      } finally {
        disposeBatches([batch]);
        await logs.dispose();
      }
    });
  }

  async #readBatch(
    caller: 'trainOnBatch' | 'testOnBatch',
    { model, step: planned }: TrainerParts,
    x: Arrays,
    y: Arrays | undefined,
    options: OneBatchOptions,
  ): Promise<Batch> {
    const { sampleWeight, classWeight } = withOneSpelling(options);
    const data = await readArrays(getDataShape(model, planned), x, y, sampleWeight);
    return createWholeBatch(
      classWeight === undefined
        ? data
        : applyClassWeight(caller, data, classWeight, {
            ...getTargetReading(model, planned),
            warn: (message) => this.#warnOfClassWeight(message),
          }),
    );
  }

  /** A batch may well have no sample of a rare class, so the warning comes once for all batches. */
  #warnOfClassWeight(message: string): void {
    if (!this.#hasWarnedOfClassWeight) printWarning(message);
    this.#hasWarnedOfClassWeight = true;
  }
}
