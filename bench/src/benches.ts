import type { Bench } from './bench.js';

/** Every bench by name, in the order of a whole run. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  models: async () => (await import('./benches/models.js')).models,
  keras: async () => (await import('./benches/keras.js')).keras,
  replay: async () => (await import('./benches/replay.js')).replay,
  loop: async () => (await import('./benches/loop.js')).loop,
  'tfjs-fit': async () => (await import('./benches/tfjs-fit.js')).tfjsFit,
  optimizers: async () => (await import('./benches/optimizers.js')).optimizers,
  predict: async () => (await import('./benches/predict.js')).predict,
  parallel: async () => (await import('./benches/parallel.js')).parallel,
  machines: async () => (await import('./benches/machines.js')).machines,
  stall: async () => (await import('./benches/stall.js')).stall,
  'main-thread': async () => (await import('./benches/main-thread.js')).mainThread,
  'every-batch': async () => (await import('./benches/every-batch.js')).everyBatch,
  'every-epoch': async () => (await import('./benches/every-epoch.js')).everyEpoch,
  disk: async () => (await import('./benches/disk.js')).disk,
  restore: async () => (await import('./benches/restore.js')).restore,
  'object-storage': async () => (await import('./benches/object-storage.js')).objectStorage,
  'model-save': async () => (await import('./benches/model-save.js')).modelSave,
  memory: async () => (await import('./benches/memory.js')).memory,
  growth: async () => (await import('./benches/growth.js')).growth,
  epoch: async () => (await import('./benches/epoch.js')).epoch,
  size: async () => (await import('./benches/size.js')).size,
};
