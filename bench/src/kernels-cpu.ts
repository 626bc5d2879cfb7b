// Times one training step on tfjs' cpu backend with its own kernels and with keepfit's, interleaved in one process, as the CPU time that
// a user's import of tfjs gives in this runtime (in Node its CommonJS build). Run:
//   node --import tsx --conditions=keepfit:source bench/src/kernels-cpu.ts [mnist] [cifar] [text] [--kernels]
import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

interface Subject {
  build(): Sequential;
  x(): tf.Tensor;
  stockSteps: number;
}

const BATCH = 32;
const CLASSES = 10;

const subjects: Record<string, Subject> = {
  mnist: {
    build: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 128, activation: 'relu' }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: () => tf.randomUniform([BATCH, 28, 28, 1], 0, 1, 'float32', 1),
    stockSteps: 2,
  },
  cifar: {
    build: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', inputShape: [32, 32, 3] }),
          layers.batchNormalization({}),
          layers.reLU(),
          layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.dropout({ rate: 0.3 }),
          layers.flatten(),
          layers.dense({ units: 64, activation: 'relu' }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: () => tf.randomUniform([BATCH, 32, 32, 3], 0, 1, 'float32', 1),
    stockSteps: 1,
  },
  text: {
    build: () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: 1000, outputDim: 32, inputLength: 20 }),
          layers.lstm({ units: 32, recurrentInitializer: 'glorotUniform' }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: () => tf.randomUniform([BATCH, 20], 0, 1000, 'int32', 1),
    stockSteps: 3,
  },
};

/** Milliseconds of CPU since the process began: wall time lies where other processes run. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A function that trains one step and returns the milliseconds of CPU that it took. */
function stepper({ build, x }: Subject): () => number {
  const model = build();
  const optimizer = tf.train.adam(0.001);
  const input = x();
  const labels = tf.oneHot(tf.range(0, BATCH, 1, 'int32').mod(tf.scalar(CLASSES, 'int32')), CLASSES);
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  return () => {
    const start = cpuTime();
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(labels, model.apply(input, { training: true }) as tf.Tensor) as tf.Scalar,
      true,
      variables,
    );
    loss?.dataSync();
    loss?.dispose();
    return cpuTime() - start;
  };
}

/** The milliseconds of CPU that each kernel takes over some calls of a function, without the kernels that it calls. */
async function kernelTimes(run: () => void): Promise<[string, number][]> {
  const times = new Map<string, number>();
  const names = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  const originals = names.map((name) => tf.getKernel(name, 'cpu'));
  let inner = 0;
  for (const kernel of originals) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel({
      ...kernel,
      kernelFunc(args) {
        const outer = inner;
        inner = 0;
        const start = cpuTime();
        try {
          return kernel.kernelFunc(args);
        } finally {
          const spent = cpuTime() - start;
          times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + spent - inner);
          inner = outer + spent;
        }
      },
    });
  }
  run();
  for (const kernel of originals) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel(kernel);
  }
  return [...times].sort((a, b) => b[1] - a[1]).slice(0, 14);
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function compare(name: string, subject: Subject, withKernels: boolean, withStock: boolean): Promise<void> {
  const ours = cpuBackend();
  const step = stepper(subject);
  const times = { stock: [] as number[], ours: [] as number[] };
  await ours.start();
  for (let i = 0; i < 5; i++) step();
  for (let round = 0; round < subject.stockSteps; round++) {
    for (let i = 0; i < 7; i++) times.ours.push(step());
    if (!withStock) continue;
    ours.stop();
    times.stock.push(step());
    await ours.start();
  }
  const [stock, own] = [median(times.stock), median(times.ours)];
  console.log(`${name}: stock ${stock.toFixed(0)} ms, keepfit ${own.toFixed(1)} ms, ${(stock / own).toFixed(1)} times faster`);
  if (withKernels) {
    const steps = 5;
    for (const [kernel, ms] of await kernelTimes(() => Array.from({ length: steps }, step))) {
      console.log(`  ${kernel.padEnd(28)} ${(ms / steps).toFixed(2)} ms`);
    }
  }
  ours.stop();
}

const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
for (const [name, subject] of Object.entries(subjects)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  await compare(name, subject, process.argv.includes('--kernels'), !process.argv.includes('--no-stock'));
}
