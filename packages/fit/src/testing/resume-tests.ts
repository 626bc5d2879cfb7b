import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { assertThat, type BackendKit } from './backend-kit.js';
import { createSlowStore } from './slow-store.js';
import { createSmallTraining } from './small-training.js';

const EPOCHS = 2;
/** 64 MB, more than the heap of a WASM backend has free. */
const BIG = 1 << 24;

/** A run that crashes and continues ends with the bits of a run without a crash. */
export function testResuming(kit: BackendKit): void {
  kit.test('resume: from a backup that was read steps later, with the bits of a run without a crash', () =>
    testLateRead({ saveFreq: 3, crashAt: 5 }),
  );
  kit.test(
    'resume: of replayed steps, from a backup that was read after the memory has grown, with the same bits',
    () => testLateRead({ saveFreq: 7, crashAt: 9, replay: true }, () => tf.fill([BIG], 1)),
  );
}

/** @param allocate Makes a tensor while a backup waits for its store. */
async function testLateRead(
  { saveFreq, crashAt, replay }: { saveFreq: number; crashAt: number; replay?: boolean },
  allocate: () => tf.Tensor | undefined = () => undefined,
): Promise<void> {
  const whole = createSmallTraining();
  const expected = await whole.run(EPOCHS);
  whole.dispose();
  const slow = createSlowStore();
  const crashed = createSmallTraining();
  let big: tf.Tensor | undefined;
  const crash = crashAfter(crashAt, () => {
    big = allocate();
    slow.let();
  });
  const error = await crashed
    .run(EPOCHS, [new BackupAndRestore(slow.store, { saveFreq }), crash], replay)
    .catch((cause: unknown) => cause);
  big?.dispose();
  crashed.dispose();
  assertThat(
    (error as { code?: string }).code === 'KEEPFIT_HOOK_FAILED',
    `the run must end with the test's own crash, not with ${String(error)}`,
  );
  const resumed = createSmallTraining();
  const backup = new BackupAndRestore(slow.store, { saveFreq });
  const { weights, losses } = await resumed.run(EPOCHS, [backup]);
  resumed.dispose();
  assertThat(
    losses.length < expected.losses.length,
    'the run must continue from its backup, not start again from scratch',
  );
  for (const [name, numbers] of Object.entries(expected.weights))
    assertThat(weights[name] === numbers, `${name} must end with the same bits`);
  assertThat(
    losses.join() === expected.losses.slice(-losses.length).join(),
    'the losses after the crash must equal the losses of a run without one',
  );
}

function crashAfter(steps: number, first: () => void): CallbackHooks {
  let step = 0;
  return {
    onTrainBatchEnd() {
      step += 1;
      if (step < steps) return;
      first();
      throw new Error('crash');
    },
  };
}
