import type { Capture, TrainerView } from '@keepfit/callbacks';
import { assertThat, type BackendKit, formatNumbers } from './backend-kit.js';
import { createSmallTraining, STEPS_PER_EPOCH } from './small-training.js';

/** A capture holds references: no kernel may write into a live tensor. */
export function testCaptures(kit: BackendKit): void {
  kit.test('capture: holds the weights of its instant, unread, while training goes on', async () => {
    const short = createSmallTraining();
    const expected = await short.run(1);
    short.dispose();
    const long = createSmallTraining();
    const capture = captureAfter(STEPS_PER_EPOCH);
    const later = await long.run(3, [capture.callback]);
    const found = await capture.read();
    long.dispose();
    for (const [name, numbers] of Object.entries(expected.weights)) {
      assertThat(later.weights[name] !== numbers, `${name} must change while training continues`);
      assertThat(
        found[name] === numbers,
        `${name} must be captured as it was: a kernel writes into a live tensor`,
      );
    }
  });
}

function captureAfter(steps: number) {
  let [model, capture, step]: [TrainerView | undefined, Capture | undefined, number] = [
    undefined,
    undefined,
    0,
  ];
  const callback = {
    setModel: (view: TrainerView) => void (model = view),
    onTrainBatchEnd() {
      step += 1;
      if (step === steps) capture = model?.captureWeights();
    },
  };
  const read = async (): Promise<Record<string, string>> => {
    const entries = (capture?.entries ?? []).map(
      async (entry) =>
        [
          entry.name.replace(/^weights\//, ''),
          formatNumbers(new Float32Array((await entry.read()).slice().buffer)),
        ] as const,
    );
    const found = Object.fromEntries(await Promise.all(entries));
    capture?.dispose();
    return found;
  };
  return { callback, read };
}
