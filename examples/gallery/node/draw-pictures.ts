// Draws the curves of docs/gallery.md from real trainings that are killed and run again:
//   node --import tsx --conditions=keepfit:source examples/gallery/node/draw-pictures.ts penguins
// Give the names of examples; without one it draws all, which needs some minutes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExampleName, examples, isExampleName } from '../src/examples.js';
import { drawCurve } from './draw-curve.js';
import { createRunner } from './run-process.js';

const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

/** After how many batches each training is killed. */
const KILLS: Readonly<Record<ExampleName, number>> = { penguins: 130, fashion: 800, series: 130, gpt: 700 };

const names = process.argv.slice(2);
const runner = await createRunner();
try {
  for (const name of names.length > 0 ? names : Object.keys(examples)) {
    if (!isExampleName(name))
      throw new Error(`name some of ${Object.keys(examples).join(', ')}, not "${name}"`);
    await drawExample(name);
  }
} finally {
  await runner.close();
}

async function drawExample(name: ExampleName): Promise<void> {
  const { epochs, samples } = examples[name];
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-gallery-'));
  const order = { name, epochs, samples, folder };
  const begin = performance.now();
  try {
    await runner.run({ ...order, killAfter: KILLS[name] });
    const { result, output } = await runner.run(order);
    if (result === undefined) throw new Error(`${name} has no result`);
    const seconds = (performance.now() - begin) / 1000;
    await writeFile(join(images, `gallery-${name}.svg`), drawCurve({ ...result, kill: KILLS[name] }));
    const last = Object.entries(result.history).map(([key, values]) => `${key} ${values.at(-1)?.toFixed(4)}`);
    console.log(
      `${name}: ${result.losses.length} steps, ${seconds.toFixed(0)} s with the kill; ${last.join(', ')}`,
    );
    console.log(output.split('\n').slice(-14, -2).join('\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
