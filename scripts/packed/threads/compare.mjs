// Trains two steps with two workers and on one thread, with the packed packages.
const rows = 8;
const columns = (width) => ({
  data: Float32Array.from({ length: rows * width }, (_, at) => Math.sin(at + width)),
  shape: [rows, width],
});

/** Resolves to "same" if both have the same bits, and otherwise to both. */
export async function compare({ layers, fit, threads, tfjsLayers, cpuBackend }, options) {
  await fit.useBackend(cpuBackend());
  const train = async (given) => {
    const model = fit.seeded(1, () =>
      tfjsLayers.sequential({
        layers: [
          tfjsLayers.layers.dense({ units: 4, activation: 'relu', inputShape: [3] }),
          tfjsLayers.layers.dropout({ rate: 0.3 }),
          tfjsLayers.layers.dense({ units: 1 }),
        ],
      }),
    );
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await layers.fit(model, columns(3), columns(1), {
      batchSize: 4,
      epochs: 1,
      seed: 1,
      shards: 2,
      verbose: 0,
      ...given,
    });
    return JSON.stringify(model.getWeights().map((weight) => [...weight.dataSync()]));
  };
  const alone = await train({});
  const engine = threads({ workers: 2, ...options });
  const shared = await train({ engine });
  if (engine.workers.length > 0) return 'workers are left';
  return shared === alone ? 'same' : `alone ${alone}, shared ${shared}`;
}
