#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProject } from './create-project.js';

const USAGE = `Usage: npm create keepfit [folder]

Begins a training that continues exactly after a crash: a program, a store, a test that kills it, and a
Dockerfile. The folder is "my-training" if you name none.

  -h, --help     show this
  -v, --version  show the version`;

const read = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(read('package.json'), 'utf8')) as { version: string };

try {
  run();
} catch (error) {
  process.stderr.write(`create-keepfit: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

function run(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
  });
  if (values.help) return print(USAGE);
  if (values.version) return print(version);
  const [folder = 'my-training', ...others] = positionals;
  if (others.length > 0) throw new Error(`give one folder, not ${positionals.length}\n\n${USAGE}`);
  createProject(folder, read('template'), version);
  print(`${folder} is ready:

  cd ${folder}
  npm install
  npm start      # press Ctrl-C, or kill it, and start it again
  npm test       # kills it, and compares the result with that of a training in one piece

The training is src/train.ts. README.md says what each file is for.`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
