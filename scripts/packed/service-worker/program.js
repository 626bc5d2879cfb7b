/* global tf, keepfit */
// For the page and for the service worker: trains, backed up in an IndexedDB of this name, and resolves to a weight.
globalThis.train = async (name, onEpoch) => {
  const { BackupAndRestore, fit, indexedDBStore, seeded, useBackend, wasmBackend } = keepfit;
  await useBackend(wasmBackend());
  const x = tf.randomUniform([2000, 2], -1, 1, 'float32', 7);
  const y = tf.less(tf.sum(tf.square(x), 1, true), 0.6);
  const model = seeded(7, () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ units: 32, activation: 'relu', inputShape: [2] }),
        tf.layers.dropout({ rate: 0.1 }),
        tf.layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
  const backup = new BackupAndRestore(indexedDBStore(name), { saveFreq: 20 });
  const found = await backup.peek();
  const callbacks = [backup, { onEpochEnd: (epoch) => onEpoch(epoch) }];
  await fit(model, x, y, { epochs: 40, seed: 7, verbose: 0, callbacks });
  const [weight] = await model.getWeights()[0].data();
  return { weight, resumed: found !== undefined };
};
