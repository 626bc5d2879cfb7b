import type { Row } from '../bench.js';
import { formatFigure, formatMedian, formatTable, NOT_MEASURED } from './format-figure.js';
import { findRow, type Results } from './results.js';

const BENCH = 'models';
const MNIST = 'MNIST convnet 32/64/dense 128, batch 32';
const ON_CPU = `${MNIST}, tfjs’ own cpu ÷ cpu`;
const SHARE = 'share of a packed matmul’s rate';

/** The name of each model, the row with its times, and the words for the ratio if the row is one. */
const MODELS: readonly (readonly [model: string, row: string, words?: (ratio: string) => string])[] = [
  [
    'MLP 784-128-64-10, batch 32',
    'MLP 784-128-64-10, batch 32, wasm ÷ tfjs’ own wasm',
    (ratio) => `${ratio} of tfjs’`,
  ],
  [MNIST, `${MNIST}, ${SHARE}`],
  ['the same, batch 128', `MNIST convnet 32/64/dense 128, batch 128, ${SHARE}`],
  [
    'CIFAR convnet 32/32/64 with batch norm, batch 32',
    `CIFAR convnet 32/32/64 with batch norm, batch 32, ${SHARE}`,
  ],
  [
    'embedding 1000×32 and LSTM 32 over 20 steps, batch 32',
    'embedding 1000×32 and LSTM 32 over 20 steps, batch 32, wasm ÷ cpu',
    (ratio) => `${ratio} of cpu’s without replay`,
  ],
  ['the MNIST convnet on cpu, batch 32', ON_CPU, (ratio) => `tfjs takes ${ratio} times as long`],
];

/** Draws the times of a training step. */
export function drawSteps(results: Results): string {
  return formatTable(
    ['model', 'tfjs, ms', 'keepfit, ms', 'compared', 'GFLOP/s', 'share'],
    MODELS.map(([model, name, words]) => {
      const row = findRow(results, BENCH, name);
      if (row === undefined) return [model, '', NOT_MEASURED, '', '', ''];
      const share = findRow(results, BENCH, `${model}, ${SHARE}`) ?? (words === undefined ? row : undefined);
      return [
        model,
        typeof row.facts['tfjs'] === 'string' ? 'throws' : formatFact(row, 'tfjs, ms'),
        formatFact(row, 'a step, ms'),
        words?.(formatMedian(row)) ?? '',
        share === undefined ? '' : formatFact(share, 'GFLOP/s'),
        share === undefined ? '' : formatMedian(share),
      ];
    }),
  );
}

/** Formats the times of a step in README.md: on wasm with that of stock tfjs on cpu, on cpu, and on TensorFlow. */
export function formatStepTimes(results: Results): Readonly<Record<'wasm' | 'cpu' | 'node', string>> {
  const node = findFact(results, `${MNIST}, TensorFlow in Node ÷ wasm`, 'TensorFlow in Node, ms', 'keras');
  const wasm = findFact(results, `${MNIST}, ${SHARE}`, 'a step, ms');
  const cpu = findFact(results, ON_CPU, 'a step, ms');
  const stock = findFact(results, ON_CPU, 'tfjs, ms');
  return {
    wasm: `${formatRounded(wasm, 'ms')} (stock cpu: ${formatRounded(stock === undefined ? undefined : stock / 1000, 's')})`,
    cpu: formatRounded(cpu, 'ms'),
    node: `${formatRounded(node, 'ms')} on one thread`,
  };
}

function formatFact({ facts }: Row, fact: string): string {
  const value = facts[fact];
  return typeof value === 'number' ? formatFigure(value) : NOT_MEASURED;
}

function findFact(results: Results, name: string, fact: string, bench = BENCH): number | undefined {
  const value = findRow(results, bench, name)?.facts[fact];
  return typeof value === 'number' ? value : undefined;
}

function formatRounded(value: number | undefined, unit: string): string {
  return value === undefined ? NOT_MEASURED : `${Number(value.toPrecision(2))} ${unit}`;
}
