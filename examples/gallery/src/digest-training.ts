import { getTrainer } from 'keepfit';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The results of a training, each as SHA-256 of all its bytes. */
export interface TrainingDigest {
  readonly weights: string;
  readonly history: string;
}

/** Digests all weights of a model, and every digit of the history of all its epochs, those before a crash included. */
export async function digestTraining(model: LayersModel): Promise<TrainingDigest> {
  const weights = new Blob(
    model.getWeights().map((tensor) => tensor.dataSync() as Float32Array<ArrayBuffer>),
  );
  const { epoch, history } = getTrainer(model).history;
  return {
    weights: await digest(weights),
    history: await digest(new Blob([JSON.stringify([epoch, history])])),
  };
}

async function digest(bytes: Blob): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
