import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawPlot } from '../draw-plot.js';
import { formatFile } from '../format-file.js';
import { startBackend } from '../subjects/start-backend.js';
import { formatWays, FULL, plotLoss, plotSpeed, simulate } from './simulate.js';

// Trains digits by steps and by rounds, and writes the plots and the table of docs/rounds.md. The result has no times, so
// it is the same in each run.
const root = fileURLToPath(new URL('../../../', import.meta.url));

await startBackend('wasm');
const ways = simulate(FULL, ({ localSteps, outer, learningRate, finalLoss }) =>
  console.log(`local steps ${localSteps}, ${outer}, learning rate ${learningRate}: ${finalLoss.toFixed(3)}`),
);
for (const plot of [plotLoss(ways), plotSpeed(FULL)])
  writeFileSync(`${root}bench/results/${plot.file}.svg`, drawPlot(plot));

const name = 'docs/rounds.md';
const page = readFileSync(root + name, 'utf8');
const drawn = page.replace(
  /(<!-- rounds -->\n)[\s\S]*?(<!-- end -->)/,
  (_, begin: string, end: string) => `${begin}\n${formatWays(ways)}\n\n${end}`,
);
writeFileSync(root + name, await formatFile(root, name, drawn));
