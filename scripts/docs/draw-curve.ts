// Draws docs/images/killed-and-resumed.svg: the loss of a training whose process is killed by SIGKILL and started
// again, over the loss of one that is not killed. Fails if one value differs. Run:
//   node --import tsx --conditions=keepfit:source scripts/docs/draw-curve.ts
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execArgv, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { cpuBackend } from '../../packages/backend-cpu/src/index.ts';
import { BackupAndRestore, fit, seeded, useBackend } from '../../packages/keepfit/src/index.ts';
import { fsStore } from '../../packages/store-fs/src/index.ts';

/** The loss after each step that a process has trained. */
type Curve = ReadonlyMap<number, number>;

const SEED = 7;
const STEPS_PER_EPOCH = 32;
const EPOCHS = 6;
const KILL_AFTER = 87;
const WIDTH = 480;
const HEIGHT = 240;

const [, , folder] = argv;
if (folder === undefined) await main();
else await train(folder);

async function main(): Promise<void> {
  const temp = await mkdtemp(join(tmpdir(), 'keepfit-curve-'));
  try {
    const whole = await collect(join(temp, 'whole'));
    const first = await collect(join(temp, 'killed'), KILL_AFTER);
    const second = await collect(join(temp, 'killed'));
    if (whole.size !== EPOCHS * STEPS_PER_EPOCH || !second.has(whole.size))
      throw new Error('a training did not end; see its error above');
    for (const curve of [first, second])
      for (const [step, loss] of curve)
        if (!Object.is(whole.get(step), loss))
          throw new Error(`step ${step} has the loss ${loss} with a kill, and ${whole.get(step)} without`);
    const file = fileURLToPath(new URL('../../docs/images/killed-and-resumed.svg', import.meta.url));
    await writeFile(file, draw(whole, first, second));
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

/** Trains in another process, which it kills after so many steps. */
async function collect(store: string, killAfter = Infinity): Promise<Curve> {
  const program = spawn(execPath, [...execArgv, fileURLToPath(import.meta.url), store], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const curve = new Map<number, number>();
  for await (const line of createInterface(program.stdout)) {
    const [step, loss] = JSON.parse(line) as [number, number];
    if (curve.size >= killAfter || !line.startsWith('[')) continue;
    curve.set(step, loss);
    if (curve.size === killAfter) program.kill('SIGKILL');
  }
  return curve;
}

async function train(store: string): Promise<void> {
  await useBackend(cpuBackend());
  const x = tf.randomUniform([1024, 2], -1, 1, 'float32', SEED);
  const y = tf.less(tf.sum(tf.square(x), 1, true), 0.6);
  const model = seeded(SEED, () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ units: 32, activation: 'relu', inputShape: [2] }),
        tf.layers.dropout({ rate: 0.1 }),
        tf.layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  );
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'binaryCrossentropy' });
  let epoch = 0;
  const report = {
    name: 'Report',
    batchLogs: true,
    onEpochBegin: (begun: number) => void (epoch = begun),
    onTrainBatchEnd: (batch: number, logs: Record<string, number>) =>
      void process.stdout.write(`${JSON.stringify([epoch * STEPS_PER_EPOCH + batch + 1, logs['loss']])}\n`),
  };
  const backup = new BackupAndRestore(fsStore(store), { saveFreq: 10 });
  await fit(model, x, y, {
    epochs: EPOCHS,
    batchSize: 32,
    seed: SEED,
    verbose: 0,
    callbacks: [report, backup],
  });
}

function draw(whole: Curve, first: Curve, second: Curve): string {
  const [left, right, top, bottom] = [28, 18, 34, 36];
  const most = Math.max(...whole.values());
  const least = Math.min(...whole.values());
  const x = (step: number) => left + ((WIDTH - left - right) * step) / (EPOCHS * STEPS_PER_EPOCH);
  const y = (loss: number) => top + ((HEIGHT - top - bottom) * (most - loss)) / (most - least);
  const path = (curve: Curve) =>
    `M${[...curve].map(([step, loss]) => `${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join('L')}`;
  const kill = x(Math.max(...first.keys())).toFixed(1);
  const epochs = Array.from({ length: EPOCHS + 1 }, (_, epoch) => {
    const at = x(epoch * STEPS_PER_EPOCH).toFixed(1);
    return `<text class="soft" x="${at}" y="${HEIGHT - 18}" text-anchor="middle">${epoch * STEPS_PER_EPOCH}</text>`;
  });
  return `<svg class="killed-curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="The loss of a training that is killed and started again continues on the curve of one that is never killed" font-family="system-ui, sans-serif" font-size="14">
<style>
.killed-curve{--ink:#1d232b;--soft:#5b6470;--line:#d4d9df;--whole:#f2c14e;--first:#0b62c4;--second:#1b7f4b;--kill:#b3261e}
@media (prefers-color-scheme:dark){.killed-curve{--ink:#e6e9ee;--soft:#9aa4b2;--line:#454e5a;--whole:#8a6a14;--first:#6db3ff;--second:#5fd39a;--kill:#ff8a80}}
.killed-curve text{fill:var(--ink)}.killed-curve .soft{fill:var(--soft)}
.killed-curve path{fill:none;stroke-width:2;stroke-linejoin:round}
</style>
<path d="M${left} ${top}V${HEIGHT - bottom}H${WIDTH - right}" stroke="var(--line)"/>
${epochs.join('\n')}
<text class="soft" x="${WIDTH - right}" y="${HEIGHT - 2}" text-anchor="end">batch</text>
<text class="soft" x="${left - 20}" y="${top - 8}">loss</text>
<path d="${path(whole)}" stroke="var(--whole)" style="stroke-width:8"/>
<path d="${path(first)}" stroke="var(--first)"/>
<path d="${path(second)}" stroke="var(--second)"/>
<path d="M${kill} ${top - 8}V${HEIGHT - bottom}" stroke="var(--kill)" stroke-dasharray="5 4"/>
<text x="${kill}" y="${top - 14}" text-anchor="middle" style="fill:var(--kill)">kill -9</text>
<text x="${Number(kill) - 12}" y="${top + 20}" text-anchor="end" style="fill:var(--first)">first process</text>
<text x="${Number(kill) + 12}" y="${top + 20}" style="fill:var(--second)">second process, from batch ${Math.min(...second.keys()) - 1}</text>
<text class="soft" x="${Number(kill) + 12}" y="${top + 38}">wide: a run that is never killed</text>
</svg>
`;
}
