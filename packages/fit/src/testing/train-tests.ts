import { assertThat, type BackendKit } from './backend-kit.js';
import { createSmallTraining } from './small-training.js';

/** The loss after each of 20 steps, the mean of its epoch so far, as tfjs' cpu backend computes it. */
const LOSSES: readonly number[] = [
  0.547088, 0.645095, 0.666425, 0.811696, 0.910077, 1.051586, 1.275633, 1.312187, 1.312225, 1.220265,
  0.883223, 0.951487, 0.915665, 0.930922, 0.925305, 0.887685, 0.625217, 0.97184, 0.918649, 0.974907,
];

/** A backend trains like every other, and repeats itself. */
export function testTraining(kit: BackendKit): void {
  kit.test('train: to the losses of every other backend', async () => {
    const training = createSmallTraining();
    const { losses } = await training.run(4);
    training.dispose();
    const step = LOSSES.findIndex((loss, at) => !(Math.abs(loss - (losses[at] ?? Number.NaN)) <= 1e-4));
    assertThat(step === -1, `the loss of step ${step} must be ${LOSSES[step]}, and is ${losses[step]}`);
  });
  kit.test('train: repeats itself bit for bit', async () => {
    const results: string[] = [];
    for (let run = 0; run < 2; run++) {
      const training = createSmallTraining();
      results.push(JSON.stringify(await training.run(2)));
      training.dispose();
    }
    assertThat(results[0] === results[1], 'the same training must end with the same bits');
  });
}
