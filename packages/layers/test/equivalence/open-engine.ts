import type { CallbackHooks } from '@keepfit/callbacks';
import { threads } from '@keepfit/engine-threads';
import type { FitOptions } from '@keepfit/fit';
import { train as tfTrain } from '@tensorflow/tfjs-core';
import { FakeWorker } from '../../../engine-threads/test/helpers/fake-worker.js';
import type { EquivalenceCase } from './equivalence-case.js';
import type { ZooMember } from './zoo-member.js';

/** What a fit is given so that workers compute it. */
interface OpenEngine {
  readonly options: Pick<FitOptions, 'engine' | 'shards'>;
  readonly callbacks: readonly CallbackHooks[];
}

/** Every so many answers of a case, the worker ends instead of giving one. */
const ENDS_AT = 7;

/** An engine whose workers change in number at each batch, and of which some end in a step. */
export function openEngine({ workers, shards }: EquivalenceCase, member: ZooMember): OpenEngine {
  if (workers === 0 || member.isWhole === true) return { options: {}, callbacks: [] };
  let answers = 0;
  const start = (): FakeWorker =>
    new FakeWorker(
      () => createTraining(member),
      (answer, worker) => {
        answers += answer.kind === 'sum' ? 1 : 0;
        if (answer.kind !== 'sum' || answers % ENDS_AT > 0) return [answer];
        worker.kill();
        return [];
      },
    );
  const engine = threads({ workers, worker: start });
  const resize = (batch: number): void => engine.resize(1 + ((workers + batch) % 3));
  return { options: { engine, shards }, callbacks: [{ batchLogs: false, onTrainBatchEnd: resize }] };
}

/** A model with other weights than those of the training. */
function createTraining({ build, step, loss, metrics }: ZooMember) {
  const model = build(77);
  return { model, ...(step?.(model, () => tfTrain.sgd(0.1)) ?? { loss, metrics }) } as never;
}
