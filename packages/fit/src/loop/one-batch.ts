import type { Logs } from '@keepfit/callbacks';
import { registerGradients } from '../backend/register-gradients.js';
import { withWatchedKernels } from '../backend/watch-stock-kernels.js';
import type { Arrays } from '../data/array-data.js';
import { createWholeBatch } from '../data/array-source.js';
import { type Batch, disposeBatches } from '../data/batch-source.js';
import { applyClassWeight } from '../data/class-weights.js';
import { checkIsOneBatch } from '../data/data-arguments.js';
import { readArrays } from '../data/fit-data.js';
import { checkOptimizer } from '../optimizer/check-optimizer.js';
import { checkOneBatchOptions } from '../options/check-options.js';
import type { OneBatchOptions } from '../options/fit-options.js';
import { withOneSpelling } from '../options/resolve-options.js';
import { RunningLogs } from '../objective/running-logs.js';
import { getDataShape } from '../steps/step.js';
import { createRandomStream, drawSeed } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { TrainerParts } from './trainer-view.js';
import { printWarning } from '@keepfit/callbacks/internal';

/** Trains and evaluates single batches, without callbacks, for a user's own loop. */
export class OneBatchRuns {
  readonly #parts: TrainerParts;
  readonly #seed = drawSeed();
  #trained = 0;
  #hasWarnedOfClassWeight = false;

  constructor(parts: TrainerParts) {
    this.#parts = parts;
  }

  /** See `Trainer.trainOnBatch`. */
  async train(x: Arrays, y: Arrays | undefined, options: OneBatchOptions): Promise<Logs> {
    checkOneBatchOptions('trainOnBatch', options);
    const { optimizers, step } = this.#parts;
    optimizers.forEach(({ optimizer }) => checkOptimizer(optimizer));
    await registerGradients();
    for (const { watch, optimizer } of optimizers) await watch.prepare(optimizer);
    return this.#run('trainOnBatch', x, y, options, (batch, logs) => {
      const random = createRandomStream(options.seed ?? this.#seed, 'step', this.#trained);
      this.#trained += 1;
      withRandom(random, () => step.train(batch, logs, random));
    });
  }

  /** See `Trainer.testOnBatch`. */
  async test(x: Arrays, y: Arrays | undefined, options: OneBatchOptions): Promise<Logs> {
    checkOneBatchOptions('testOnBatch', options);
    return this.#run('testOnBatch', x, y, options, (batch, logs) => {
      const random = createRandomStream(options.seed ?? 0, 'inference', 0);
      withRandom(random, () => this.#parts.step.test(batch, logs, random));
    });
  }

  async #run(
    caller: 'trainOnBatch' | 'testOnBatch',
    x: Arrays,
    y: Arrays | undefined,
    options: OneBatchOptions,
    step: (batch: Batch, logs: RunningLogs) => void,
  ): Promise<Logs> {
    checkIsOneBatch(caller, x);
    const { sampleWeight, classWeight } = withOneSpelling(options);
    const { model, step: planned } = this.#parts;
    await planned.prepare();
    const data = await readArrays(getDataShape(model, planned), x, y, sampleWeight);
    const batch = createWholeBatch(
      classWeight === undefined
        ? data
        : applyClassWeight(caller, data, classWeight, {
            areNumbers: planned.readsClassNumbers,
            warn: (message) => this.#warnOfClassWeight(message),
          }),
    );
    const logs = new RunningLogs(planned.logPlan);
    try {
      return await withWatchedKernels(caller === 'trainOnBatch' ? 'training' : 'inference', () => {
        step(batch, logs);
        return logs.read();
      });
    } finally {
      disposeBatches([batch]);
      await logs.dispose();
    }
  }

  /** A batch may well have no sample of a rare class, so the warning comes once for all batches. */
  #warnOfClassWeight(message: string): void {
    if (!this.#hasWarnedOfClassWeight) printWarning(message);
    this.#hasWarnedOfClassWeight = true;
  }
}
