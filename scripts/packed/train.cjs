// Trains once without a break, once with an error in the middle of an epoch, and continues in a second
// process. It runs in an empty project with the packed packages, as ESM and as CommonJS, and prints the
// result of each process.
const { createHash } = require('node:crypto');

const samples = 48;
const options = { epochs: 4, batchSize: 8, shuffle: true, seed: 3, validationSplit: 0.25, verbose: 0 };

/** @param part 'whole', 'crash' or 'resume' */
async function train({ tf, callbacks, fit, storeFs, backendCpu }, part, folder) {
  await fit.useBackend(backendCpu.cpuBackend());
  const model = fit.seeded(part === 'resume' ? 99 : 1, () => noisyModel(tf));
  const trainer = new fit.Trainer(model, { optimizer: tf.train.adam(0.05), loss: 'mse', metrics: ['mae'] });
  const backup = new callbacks.BackupAndRestore(storeFs.fsStore(folder), { saveFreq: 2 });
  const list = { whole: [], crash: [backup, throwsAt(12)], resume: [backup] }[part];
  const { x, y } = data();
  try {
    await trainer.fit(x, y, { ...options, callbacks: list });
  } catch (error) {
    return { part, code: error.code, cause: error.cause?.message };
  }
  const { history, epoch } = trainer.history;
  return { part, epochs: epoch, history, weights: hashOf(model.weights.map(({ variable }) => variable)) };
}

/** Two dense layers with dropout between them, so that a resume with other random numbers would show. */
function noisyModel(tf) {
  const shapes = { 'hidden/kernel': [4, 6], 'hidden/bias': [6], 'out/kernel': [6, 1], 'out/bias': [1] };
  const weights = Object.entries(shapes).map(([name, shape]) => ({
    name,
    variable: tf.variable(tf.randomNormal(shape)),
    trainable: true,
  }));
  const [kernel, bias, outKernel, outBias] = weights.map(({ variable }) => variable);
  return {
    weights,
    call(inputs, { training }) {
      const hidden = tf.relu(tf.add(tf.matMul(inputs, kernel), bias));
      return tf.add(tf.matMul(training ? tf.dropout(hidden, 0.3) : hidden, outKernel), outBias);
    },
  };
}

function throwsAt(batches) {
  let seen = 0;
  return {
    onTrainBatchEnd() {
      seen += 1;
      if (seen === batches) throw new Error('pulled the plug');
    },
  };
}

function data() {
  const x = {
    data: Float32Array.from({ length: samples * 4 }, (_, index) => Math.sin(index)),
    shape: [samples, 4],
  };
  const y = {
    data: Float32Array.from({ length: samples }, (_, index) => Math.cos(index)),
    shape: [samples, 1],
  };
  return { x, y };
}

function hashOf(variables) {
  const hash = createHash('sha256');
  for (const variable of variables) hash.update(new Uint8Array(variable.dataSync().slice().buffer));
  return hash.digest('hex');
}

module.exports = { train };
