import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatFile } from '../../bench/src/format-file.js';
import { parseCommandLine } from '../proof/parse-command-line.js';
import { drawPage, type Results } from './draw-table.js';
import { libraries } from './libraries.js';
import { runLibrary } from './run-library.js';

const HELP = `Runs the same training with the same crash in keepfit, Keras 3, tf_keras and Lightning, and draws README.md's table of
what survives. A library that Python does not have keeps its former row.

  --python X   which Python: one with keras and tensorflow, tf_keras, lightning   [KEEPFIT_PYTHON, or python3]
  --only X     one library: keepfit, keras, tf_keras or lightning; the others keep their rows
  --draw       runs nothing, and draws scripts/compare/results.json again`;

const OPTIONS = {
  python: { type: 'string', default: process.env['KEEPFIT_PYTHON'] ?? 'python3' },
  only: { type: 'string' },
  draw: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const root = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = 'scripts/compare/results.json';

const values = parseCommandLine(() => parseArgs({ options: OPTIONS }).values);
if (values.help) console.log(HELP);
else {
  if (!values.draw) await runAll(values.python, values.only);
  await write('README.md', drawPage(readFileSync(`${root}README.md`, 'utf8'), readResults()));
}

/** Runs the libraries, and writes each row as soon as it is known. */
async function runAll(python: string, only: string | undefined): Promise<void> {
  if (only !== undefined && libraries[only] === undefined)
    throw new Error(`--only must be one of ${Object.keys(libraries).join(', ')}, not "${only}"`);
  for (const [name, { module, program, options }] of Object.entries(libraries)) {
    if (only !== undefined && name !== only) continue;
    if (module !== undefined && spawnSync(python, ['-c', `import ${module}`]).status !== 0) {
      console.log(`${name}: not run, because ${python} cannot import ${module}; its former row stays`);
      continue;
    }
    const node = [process.execPath, '--import', 'tsx', '--conditions=keepfit:source', program];
    const row = await runLibrary(module === undefined ? node : [python, program], options);
    await write(RESULTS, JSON.stringify({ ...readResults(), [name]: row }));
    console.log(`${name} ${JSON.stringify(row.versions)}`);
    for (const [aspect, { verdict, detail }] of Object.entries(row.aspects))
      console.log(`  ${aspect.padEnd(10)} ${verdict.padEnd(10)} ${detail}`);
  }
}

function readResults(): Results {
  return existsSync(root + RESULTS) ? (JSON.parse(readFileSync(root + RESULTS, 'utf8')) as Results) : {};
}

async function write(name: string, text: string): Promise<void> {
  writeFileSync(root + name, await formatFile(root, name, text));
}
