import type { TrainingCapture } from '@keepfit/callbacks';
import type { CheckpointHeader } from '@keepfit/callbacks/checkpoint';
import { type Model, Trainer } from '@keepfit/fit';
import { createRandomData } from '../subjects/random-data.js';

/** Trains one batch and calls `use` with the capture that a backup would get at that point. */
export async function withCapture(
  model: Model,
  use: (capture: TrainingCapture) => Promise<void>,
): Promise<void> {
  const { x, y } = createRandomData(32, [784], 10);
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

/** Creates a header like those of BackupAndRestore. */
export function createHeader(): CheckpointHeader {
  return { runId: 'bench', generation: 1, savedAt: new Date().toISOString(), library: 'bench' };
}
