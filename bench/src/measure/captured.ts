import type { TrainingCapture } from '@keepfit/callbacks';
import { type Model, Trainer } from '@keepfit/fit';
import { randomData } from '../subjects/random-data.js';

/** Trains one batch and gives `use` what a backup would capture then. */
export async function captured(
  model: Model,
  use: (capture: TrainingCapture) => Promise<void>,
): Promise<void> {
  const { x, y } = randomData(32, [784], 10);
  const trainer = new Trainer(model, { optimizer: 'adam', loss: 'categoricalCrossentropy' });
  let failure: unknown;
  const asks = {
    setModel: (view: { requestBackup(sink: (capture: TrainingCapture) => Promise<void>): void }) => {
      ask = () => {
        view.requestBackup(async (capture) => {
          await use(capture).catch((error: unknown) => {
            failure = error;
          });
          capture.dispose();
        });
      };
    },
    onTrainBatchEnd: () => ask(),
  };
  let ask = (): void => undefined;
  await trainer.fit(x, y, { batchSize: 32, verbose: 0, callbacks: [asks] });
  if (failure !== undefined) throw failure;
}
