import type { Plot } from '../bench.js';
import { readDigits } from '../subjects/digits.js';
import { WEIGHTS, DigitTensors } from './classifier.js';
import { getBytesPerSample, type Load, predictSpeed } from './predict-speed.js';
import { type Settings, train } from './train.js';

export interface Size {
  readonly samples: number;
  readonly testSamples: number;
  /** Steps of all workers together. */
  readonly steps: number;
  /** Steps between two exchanges, each a way to train; 0 exchanges gradients in each step. */
  readonly localSteps: readonly number[];
  /** Each way takes the one that ends with the lowest loss. */
  readonly learningRates: readonly number[];
  readonly workers: number;
  readonly rows: number;
}

/** The size of the figures in docs/rounds.md. */
export const FULL: Size = {
  samples: 5120,
  testSamples: 2000,
  steps: 400,
  localSteps: [0, 5, 20, 80],
  learningRates: [0.01, 0.03, 0.1, 0.3],
  workers: 4,
  rows: 16,
};

/** One way to train, with its best learning rate. */
export interface Way {
  readonly localSteps: number;
  readonly outer: Settings['outer'];
  readonly learningRate: number;
  /** The loss on the test digits, by samples trained. */
  readonly curve: readonly (readonly [samples: number, loss: number])[];
  readonly finalLoss: number;
  readonly bytesPerSample: number;
}

/** A convnet of MNIST: 0.9 MB of weights, and 512 samples in 276 ms on one core (docs/rounds.md). */
const CONVNET: Omit<Load, 'workers' | 'rows'> = { bytes: 0.9e6, secondsPerSample: 0.276 / 512 };
const MEGABITS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000];

/** Trains digits in all ways. The backend must have been started. */
export function simulate(size: Size, onWay: (way: Way) => void = () => {}): Way[] {
  const [data, test] = [
    new DigitTensors(readDigits('train', size.samples)),
    new DigitTensors(readDigits('t10k', size.testSamples)),
  ];
  const ways: Way[] = [];
  for (const localSteps of size.localSteps) {
    for (const outer of localSteps === 0 ? (['mean'] as const) : (['mean', 'nesterov'] as const)) {
      const tried = size.learningRates.map((learningRate) =>
        tryWay(data, test, size, { localSteps, outer, learningRate }),
      );
      const [best] = tried.sort((one, other) => one.finalLoss - other.finalLoss);
      if (best === undefined) continue;
      ways.push(best);
      onWay(best);
    }
  }
  data.dispose();
  test.dispose();
  return ways;
}

function tryWay(
  data: DigitTensors,
  test: DigitTensors,
  size: Size,
  way: Pick<Way, 'localSteps' | 'outer' | 'learningRate'>,
): Way {
  const curve: [number, number][] = [];
  const every = Math.max(1, Math.floor(size.steps / 25));
  const settings = { ...size, ...way, seed: 1 };
  const weights = train(data, settings, {
    onExchange(steps, current) {
      if (steps % every === 0 || way.localSteps >= every)
        curve.push([steps * size.workers * size.rows, test.computeLoss(current)]);
    },
  });
  // A training that diverged is the worst.
  const loss = test.computeLoss(weights);
  const load = { bytes: 4 * WEIGHTS, secondsPerSample: 0, workers: size.workers, rows: size.rows };
  return {
    ...way,
    curve,
    finalLoss: Number.isFinite(loss) ? loss : Infinity,
    bytesPerSample: getBytesPerSample(load, way.localSteps),
  };
}

/** Draws the loss against samples, of the better outer step of each number of local steps. */
export function plotLoss(ways: readonly Way[]): Plot {
  const numbers = [...new Set(ways.map(({ localSteps }) => localSteps))];
  const best = numbers.flatMap(
    (number) =>
      ways
        .filter(({ localSteps }) => localSteps === number)
        .sort((one, other) => one.finalLoss - other.finalLoss)[0] ?? [],
  );
  return {
    file: 'rounds-loss',
    title: 'Loss on test digits, 4 virtual workers',
    x: 'samples trained',
    y: 'cross entropy',
    isLogarithmic: false,
    lines: best.map(({ localSteps, outer, curve }) => ({
      name: localSteps === 0 ? 'each step' : `rounds of ${localSteps} steps, ${outer}`,
      points: curve,
    })),
  };
}

/** Draws the predicted speed of the convnet against the bandwidth of the lines. */
export function plotSpeed({ localSteps, workers, rows }: Size): Plot {
  const load = { ...CONVNET, workers, rows };
  const alone = 1 / CONVNET.secondsPerSample;
  return {
    file: 'rounds-speed',
    title: `Samples a second, ${workers} workers of a convnet of 0.9 MB, computed`,
    x: 'Mbit/s of each line',
    y: 'samples a second',
    isLogarithmic: true,
    lines: [
      ...localSteps.map((steps) => ({
        name: steps === 0 ? 'each step' : `rounds of ${steps} steps`,
        points: MEGABITS.map((rate) => [rate, predictSpeed(load, steps, rate * 1e6)] as const),
      })),
      { name: 'one machine alone', points: MEGABITS.map((rate) => [rate, alone] as const) },
    ],
  };
}

/** A table of Markdown, which docs/rounds.md shows. */
export function formatWays(ways: readonly Way[]): string {
  const rows = ways.map(({ localSteps, outer, learningRate, finalLoss, bytesPerSample }) => [
    localSteps === 0 ? 'in each step' : `after ${localSteps} steps`,
    localSteps === 0 ? '' : outer,
    String(learningRate),
    finalLoss.toFixed(3),
    Math.round(bytesPerSample).toLocaleString('en'),
  ]);
  return [
    ['exchange', 'outer step', 'learning rate', 'test loss', 'bytes a sample'],
    Array.from({ length: 5 }, () => '---'),
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
