import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseCommandLine, parseWholeNumber } from '../parse-command-line.js';
import { cleanUpAtEnd } from './clean-up.js';
import { FILE_SYSTEMS } from './file-systems.js';
import { fillDisk } from './fill-disk.js';
import { findMissingNeed } from './find-missing-need.js';
import { formatFullDiskTable, type Row, formatTable } from './format-table.js';
import { recordRounds } from './record-rounds.js';
import { replayStates } from './replay-states.js';
import { WRITERS } from './writers.js';

const HELP = `Cuts the power while a checkpoint is replaced, and reads the rest. Below the real code of ext4, xfs and btrfs, each write and
each flush is logged, replayed in part and in other orders, and mounted. Needs Linux, root, FUSE and loop devices.

  --seed N    chooses the orders that are tried                  [1]
  --only X    file systems or writers, by their names; repeated  [all]
  --part X    power-cut, or full-disk; repeated                  [both]
  --write     puts the tables into docs/crash-safety.md`;

const DOCUMENT = fileURLToPath(new URL('../../../docs/crash-safety.md', import.meta.url));
const OPTIONS = {
  seed: { type: 'string', default: '1' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  part: { type: 'string', multiple: true, default: ['power-cut', 'full-disk'] as string[] },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const values = parseCommandLine(() => {
  const given = parseArgs({ options: OPTIONS }).values;
  checkNames(
    'only',
    given.only,
    [...FILE_SYSTEMS, ...WRITERS].map(({ name }) => name),
  );
  checkNames('part', given.part, OPTIONS.part.default);
  return { ...given, seed: parseWholeNumber('seed', given.seed, 0) };
});
const missing = findMissingNeed();
if (values.help) console.log(HELP);
else if (missing !== undefined) console.log(`The power-cut rig was not run: ${missing}.`);
else process.exitCode = await main();

/**
 * Resolves to the exit status: 1 if keepfit's own writer left anything but the whole old or the whole new, or
 * lied.
 */
async function main(): Promise<number> {
  const isOwn = (name: string): boolean => WRITERS.some((writer) => writer.isOwn && writer.name === name);
  let isProven = true;
  if (isChosen('power-cut')) {
    const rows = await cutAll();
    await publish(
      'power-cut',
      `${formatTable(rows, WRITERS)}\n\nLinux ${release()}, Node ${process.versions.node}, seed ${values.seed}.`,
    );
    isProven &&= rows.every(({ writer, broken, lost }) => !isOwn(writer) || broken + lost === 0);
  }
  if (isChosen('full-disk')) {
    const rows = [];
    for (const writer of choose(WRITERS)) rows.push(await useNewFolder((folder) => fillDisk(writer, folder)));
    await publish('full-disk', formatFullDiskTable(rows));
    isProven &&= rows.every(
      ({ writer, says, found }) => !isOwn(writer) || found === (says === 'success' ? 'new' : 'old'),
    );
  }
  return isProven ? 0 : 1;
}

function checkNames(option: string, given: readonly string[], names: readonly string[]): void {
  const unknown = given.find((text) => text === '' || !names.some((name) => name.startsWith(text)));
  if (unknown !== undefined)
    throw new Error(
      `--${option} must begin one of ${names.map((name) => `"${name}"`).join(', ')}, not "${unknown}"`,
    );
}

async function cutAll(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const fileSystem of choose(FILE_SYSTEMS)) {
    for (const writer of choose(WRITERS)) {
      const tally = await useNewFolder((folder) => cutPower(fileSystem, writer, folder, values.seed));
      console.log(
        `${fileSystem.name}, ${writer.name}: ${tally.old} old, ${tally.new} new, ${tally.broken} broken, ${tally.lost} lost`,
      );
      rows.push({ fileSystem: fileSystem.name, writer: writer.name, ...tally });
    }
  }
  return rows;
}

function isChosen(part: string): boolean {
  return values.part.some((text) => part.startsWith(text));
}

function choose<One extends { readonly name: string }>(all: readonly One[]): readonly One[] {
  const named = all.filter(({ name }) => values.only.some((text) => name.startsWith(text)));
  return named.length === 0 ? all : named;
}

async function cutPower(
  fileSystem: (typeof FILE_SYSTEMS)[number],
  writer: (typeof WRITERS)[number],
  folder: string,
  seed: number,
) {
  const recording = await recordRounds(fileSystem, writer, folder);
  return replayStates(fileSystem, writer, recording, folder, seed);
}

/** Uses a folder in memory if there is one, because every state is a separate disk. */
async function useNewFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'keepfit-power-cut-'));
  const forget = cleanUpAtEnd(folder);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    forget();
  }
}

/** Prints a table. With --write it also puts the table between its two marks in the document. */
async function publish(mark: string, table: string): Promise<void> {
  console.log(`\n${table}`);
  if (!values.write) return;
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (to < from) throw new Error(`${DOCUMENT} has no place for ${mark}`);
  await writeFile(DOCUMENT, `${text.slice(0, from)}${table}\n${text.slice(to)}`);
}
