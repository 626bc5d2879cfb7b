import { type Optimizer, type Scalar, type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { type LayersModel, metrics } from '@tensorflow/tfjs-layers';
import type { ShapedData } from '@keepfit/fit';

/** A batch as tensors. */
export type HandBatch = readonly [x: Tensor, y: Tensor];

/** Cuts data into tensors, one pair for each whole batch. */
export function cutBatches(x: ShapedData, y: ShapedData, batchSize: number): HandBatch[] {
  const cut = ({ data, shape: [, ...row] }: ShapedData, batch: number): Tensor => {
    const size = row.reduce((product, length) => product * length, batchSize);
    return tensor(data.slice(batch * size, (batch + 1) * size) as Float32Array, [batchSize, ...row]);
  };
  const count = Math.floor((x.shape[0] ?? 0) / batchSize);
  return Array.from({ length: count }, (_, batch) => [cut(x, batch), cut(y, batch)] as const);
}

/** Trains with a hand-written loop: prepared batches, no callbacks, and the loss is never read. */
export function trainByHand(model: LayersModel, batches: readonly HandBatch[]): void {
  const optimizer = model.optimizer as Optimizer;
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: Variable }).val);
  for (const [x, y] of batches) {
    tidy(() => {
      const loss = () =>
        metrics.categoricalCrossentropy(y, model.apply(x, { training: true }) as Tensor).mean() as Scalar;
      optimizer.minimize(loss, false, variables);
    });
  }
}
