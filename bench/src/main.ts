import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAgainst } from './against/run-against.js';
import type { Row } from './bench.js';
import { BenchError } from './bench-error.js';
import { benches } from './benches.js';
import { bundleBench } from './bundle-bench.js';
import { HELP, type Options, parseCommandLine } from './command-line.js';
import { describeMachine } from './describe-machine.js';
import { drawPlot } from './draw-plot.js';
import { drawFigures } from './figures/draw-figures.js';
import { readResults, type Results, updateResults } from './figures/results.js';
import { formatFile } from './format-file.js';
import { formatRow } from './format-row.js';
import { runInChild } from './run-in-child.js';

/** The folder of this package, and that of the repository. */
const root = fileURLToPath(new URL('..', import.meta.url));
const repository = fileURLToPath(new URL('../..', import.meta.url));

try {
  const options = parseCommandLine(process.argv.slice(2), Object.keys(benches));
  if (options.help) console.log(HELP);
  else if (options.draw) await draw();
  else await measure(options);
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  console.error(error.message);
  process.exitCode = error.status;
}

/**
 * Measures every bar of docs/performance.md, and writes the figures to bench/results/. A whole run also draws the
 * documents, and so does an update.
 */
async function measure(options: Options): Promise<void> {
  const machine = describeMachine();
  for (const [name, value] of Object.entries(machine)) console.log(`${name}: ${value}`);
  const started = performance.now();
  const found =
    options.against === undefined
      ? await runAll(options)
      : await runAgainst(root, options.against, options, createStopSignal());
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${seconds} s`);
  const { results, ...rest } = found;
  const content = { machine, when: new Date().toISOString(), seconds, ...rest, results };
  const against = 'against' in found ? `-against-${found.against.commit}` : '';
  const benchNames = options.isPart ? options.names.join('-') : 'all';
  if (options.update) {
    const all = readResults(join(root, 'results/all.json'));
    await writeResult('all.json', JSON.stringify(updateResults(all, content as Results), undefined, 2));
    await draw();
    return;
  }
  await writeResult(
    `${options.quick ? 'quick-' : ''}${benchNames}${against}.json`,
    JSON.stringify(content, undefined, 2),
  );
  if (!options.isPart && !options.quick && options.against === undefined) await draw();
}

/** Draws the figures of the last whole run, and of updates of it, in the documents. */
async function draw(): Promise<void> {
  const { changed, unlisted } = await drawFigures(repository);
  for (const name of unlisted) console.log(`not drawn, because src/bars.ts does not list it: ${name}`);
  console.log(changed.length === 0 ? 'all documents have these figures' : `drawn in ${changed.join(', ')}`);
}

/** Runs each bench once, and prints its lines as they come. */
async function runAll({
  names,
  quick,
  folder,
}: Options): Promise<{ results: Record<string, readonly Row[]> }> {
  const program = await bundleBench(root);
  const results: Record<string, readonly Row[]> = {};
  for (const name of names) {
    console.log(`\n${name}`);
    const start = performance.now();
    const { rows, plots, failure } = await runInChild({
      program,
      name,
      folder: folder ?? join(root, 'dist'),
      quick,
      onRow: (row) => console.log(formatRow(row)),
    });
    if (failure !== undefined) console.log(`  failed: ${failure}`);
    results[name] = rows;
    for (const plot of plots) await writeResult(`${quick ? 'quick-' : ''}${plot.file}.svg`, drawPlot(plot));
    console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return { results };
}

/** Returns a signal that aborts when the user or the system asks this process to end. */
function createStopSignal(): AbortSignal {
  const controller = new AbortController();
  // A second signal ends the process at once.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () =>
      controller.abort(new BenchError(`stopped by ${name}`, 128 + constants.signals[name])),
    );
  return controller.signal;
}

async function writeResult(file: string, text: string): Promise<void> {
  const name = `bench/results/${file}`;
  mkdirSync(join(root, 'results'), { recursive: true });
  writeFileSync(
    join(repository, name),
    file.endsWith('.json') ? await formatFile(repository, name, text) : text,
  );
}
