import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Plot, Row } from './bench.js';
import { benches } from './benches.js';
import { bundleBench } from './bundle-bench.js';
import { describeMachine } from './describe-machine.js';
import { drawPlot } from './draw-plot.js';
import { formatRow } from './format-row.js';

/**
 * Measures every bar of docs/performance.md, each in a separate process, and writes the figures to
 * bench/results/.
 *
 *     npm run bench -- [--only loop,disk] [--quick] [--folder where/to/write]
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    folder: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));

await runAll();

async function runAll(): Promise<void> {
  const names = options.only?.split(',') ?? Object.keys(benches);
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0)
    throw new Error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  const found = describeMachine();
  for (const [name, value] of Object.entries(found)) console.log(`${name}: ${value}`);
  const program = await bundleBench(root);
  const started = performance.now();
  const results: Record<string, Row[]> = {};
  for (const name of names) {
    console.log(`\n${name}`);
    const { rows, plots } = await runInChild(program, name);
    results[name] = rows;
    for (const plot of plots) writeResult(`${plot.file}.svg`, drawPlot(plot));
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${seconds} s`);
  const file = `${options.quick ? 'quick-' : ''}${options.only === undefined ? 'all' : names.join('-')}.json`;
  writeResult(
    file,
    `${JSON.stringify({ machine: found, when: new Date().toISOString(), seconds, results }, undefined, 2)}\n`,
  );
}

function writeResult(file: string, text: string): void {
  mkdirSync(join(root, 'results'), { recursive: true });
  writeFileSync(join(root, 'results', file), text);
}

/** Runs a bench in a fresh process, which can collect its garbage, and prints its lines as they come. */
async function runInChild(program: string, name: string): Promise<{ rows: Row[]; plots: Plot[] }> {
  const rows: Row[] = [];
  const plots: Plot[] = [];
  const folder = options.folder ?? join(root, 'dist');
  const child = fork(program, [name, folder, options.quick ? 'quick' : ''], {
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
  });
  child.on('message', (message: { row?: Row; plot?: Plot }) => {
    if (message.plot !== undefined) plots.push(message.plot);
    if (message.row === undefined) return;
    rows.push(message.row);
    console.log(formatRow(message.row));
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) console.log(`  failed: the process ended with ${code}`);
  return { rows, plots };
}
