import type { CallbackHooks, TrainerView } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { assertThat, type BackendKit } from './backend-kit.js';
import {
  createImages,
  createLabels,
  createSmallTraining,
  SAMPLES,
  STEPS_PER_EPOCH,
} from './small-training.js';

interface ProcessLike {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}

/** Training and starting leave nothing behind. */
export function testHygiene(kit: BackendKit): void {
  kit.test('hygiene: training on leaves no tensor and no memory behind', async () => {
    const training = createSmallTraining();
    await training.run(1);
    const before = countHeld();
    await training.run(2);
    const after = countHeld();
    training.dispose();
    assertThat(
      before.tensors === after.tensors,
      `a second fit must leave the same number of tensors as the first, not ${after.tensors - before.tensors} more`,
    );
    assertThat(
      before.buffers === after.buffers,
      `kernels must free the memory they allocate; a second fit leaves ${after.buffers - before.buffers} buffers`,
    );
  });
  kit.test('hygiene: what callbacks compute with the model in hooks changes and leaves nothing', async () => {
    const training = createSmallTraining();
    const alone = await training.run(1);
    training.dispose();
    const other = createSmallTraining();
    const watched = await other.run(1, [computeInHooks()]);
    const made = countHeld();
    assertThat(
      JSON.stringify(watched) === JSON.stringify(alone),
      'evaluate, predict, getWeights and setWeights with the same weights must not change a training',
    );
    await other.run(1, [computeInHooks()]);
    const after = countHeld();
    other.dispose();
    assertThat(
      made.tensors === after.tensors && made.buffers === after.buffers,
      `they must leave no tensor: a second fit leaves ${after.tensors - made.tensors}`,
    );
  });
  kit.testStopped('hygiene: no listener of the process is left', async () => {
    const before = listListeners();
    const backend = kit.backend();
    await backend.start();
    tf.dispose(tf.tensor2d([[1]]));
    const after = listListeners();
    backend.stop();
    assertThat(
      before === after,
      `start must leave the listeners of the process as they were (${before}), not ${after}`,
    );
  });
}

/** Uses everything that a view offers to compute, once in mid-epoch. The batches are as large as those of training. */
function computeInHooks(): CallbackHooks {
  const batchSize = SAMPLES / STEPS_PER_EPOCH;
  let model: TrainerView | undefined;
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    async onTrainBatchEnd(batch) {
      if (model === undefined || batch !== 2) return;
      await model.evaluate(createImages(), createLabels(), { batchSize });
      const [outputs] = [await model.predict(createImages(), { batchSize })].flat();
      assertThat(outputs?.shape[0] === SAMPLES, `predict must give ${SAMPLES} rows`);
      model.setWeights(await model.getWeights());
    },
  };
}

function countHeld(): { tensors: number; buffers: number } {
  return { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
}

/** The events of the process that have listeners, as text; empty without a process, as in a page. */
function listListeners(): string {
  const { process } = globalThis as { process?: Partial<ProcessLike> };
  if (typeof process?.eventNames !== 'function') return '';
  return process
    .eventNames()
    .map((name) => `${String(name)}:${process.listenerCount?.(name)}`)
    .sort()
    .join();
}
