import type { CallbackHooks, History } from '@keepfit/callbacks';
import { fit, type LayersFitOptions, getTrainer } from '@keepfit/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Proof, proofOfEnd } from '../../../fit/test/helpers/proof-of-end.js';
import { type HookCall, recordHooks } from '../../../fit/test/helpers/record-hooks.js';
import { countHooks, decayRate } from '../../../fit/test/helpers/stateful-callbacks.js';
import { buildConvnet } from './build-convnet.js';
import { imageData } from './image-data.js';

export const EPOCHS = 2;
/** Train batches an epoch; the last is smaller. */
export const BATCHES = 4;
/** Validation batches an epoch. */
export const TEST_BATCHES = 2;

export interface LayersRun {
  /** The seed of the initial weights. */
  readonly init?: number;
  readonly model?: LayersModel;
  readonly data?: ReturnType<typeof imageData>;
  readonly callbacks?: readonly CallbackHooks[];
  readonly options?: LayersFitOptions;
}

export interface Ended {
  readonly proof: Proof;
  readonly calls: readonly HookCall[];
  readonly returned: History;
  readonly whole: History;
}

/** Trains a fresh convnet to its end, and tells all that can be seen of it. */
export async function trainConvnet({
  init = 1,
  model = buildConvnet(init),
  data = imageData(15),
  callbacks = [],
  options = {},
}: LayersRun = {}): Promise<Ended> {
  const recorder = recordHooks();
  const end = proofOfEnd();
  const returned = await fit(model, data.x, data.y, {
    epochs: EPOCHS,
    batchSize: 3,
    seed: 7,
    validationSplit: 0.3,
    verbose: 0,
    ...options,
    callbacks: [recorder, countHooks(), decayRate(), ...callbacks, end],
  });
  return { proof: end.proof, calls: recorder.calls, returned, whole: getTrainer(model).history };
}
