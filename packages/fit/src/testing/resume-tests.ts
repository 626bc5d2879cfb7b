import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { assertThat, type BackendKit } from './backend-kit.js';
import { createSlowStore } from './slow-store.js';
import { createSmallTraining } from './small-training.js';

const EPOCHS = 2;

/** A run that crashes and continues ends with the bits of a run without a crash. */
export function testResuming(kit: BackendKit): void {
  kit.test(
    'resume: from a backup that was read steps later, with the bits of a run without a crash',
    async () => {
      const whole = createSmallTraining();
      const expected = await whole.run(EPOCHS);
      whole.dispose();
      const slow = createSlowStore();
      const crashed = createSmallTraining();
      const error = await crashed
        .run(EPOCHS, [new BackupAndRestore(slow.store, { saveFreq: 3 }), crashAfter(5, slow.let)])
        .catch((cause: unknown) => cause);
      crashed.dispose();
      assertThat(
        (error as { code?: string }).code === 'KEEPFIT_HOOK_FAILED',
        `the run must end with the test's own crash, not with ${String(error)}`,
      );
      const resumed = createSmallTraining();
      const { weights, losses } = await resumed.run(EPOCHS, [
        new BackupAndRestore(slow.store, { saveFreq: 3 }),
      ]);
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
    },
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
