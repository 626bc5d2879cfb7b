import { dirname } from 'node:path';
import { escapeLine } from '@keepfit/callbacks/internal';
import { checkKey, KeepfitError } from '@keepfit/callbacks/store';
import { fsStore } from '@keepfit/store-fs';
import { Command } from 'commander';
import { checkFile } from '../checkpoint/check-file.js';
import { findCheckpoints, type FoundFile, getName, SUFFIX } from '../checkpoint/find-checkpoints.js';
import { readPieces, withFile } from '../checkpoint/read-file.js';
import { formatSize, formatJson } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';

interface CopyOptions {
  readonly name?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Copy {
  readonly from: string;
  readonly folder: string;
  readonly name: string;
}

/** The ending of the name of the second checkpoint of a training. */
const SECOND = '.2';

/** Creates `keepfit copy`. */
export function createCopyCommand(terminal: Terminal): Command {
  return new Command('copy')
    .description(
      'Copies a checkpoint, or all of a folder, once every check has passed. The copy is whole and durable, or there is none.',
    )
    .argument('<from>', 'a checkpoint file, or a folder of fsStore')
    .argument('<to>', `a folder of fsStore, or the file <name>${SUFFIX} in one`)
    .option('--name <name>', 'the only one of the folder to copy')
    .option('--force', 'replace existing files')
    .option('--json', 'print JSON')
    .action(async (from: string, to: string, { name, force = false, json = false }: CopyOptions) => {
      const copies = await planCopies(from, to, name);
      if (!force) for (const copy of copies) await refuseToReplace(copy);
      const copied: object[] = [];
      for (const copy of copies)
        copied.push(await copyOne(copy, force, json ? () => undefined : terminal.print));
      if (json) terminal.print(formatJson({ copied }));
      for (const copy of copies) await noteTwin(copy, copies, terminal);
    });
}

async function planCopies(from: string, to: string, name?: string): Promise<Copy[]> {
  const found = await findCheckpoints(from, name);
  if (!to.endsWith(SUFFIX)) return found.map((file) => toCopy(file, to, file.name));
  if (found.length === 1) return [toCopy(found[0], dirname(to), getName(to))];
  const names = found.map((file) => file.name).join(', ');
  const message = `${from} holds several checkpoints (${names}), and ${to} is one file; give --name, or a folder`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

function toCopy({ path }: FoundFile, folder: string, name: string): Copy {
  return { from: path, folder, name: checkKey(name, 'the name of the copy') };
}

async function refuseToReplace({ folder, name }: Copy): Promise<void> {
  if (!(await fsStore(folder).keys()).includes(name)) return;
  const message = `${folder} holds a checkpoint "${name}" already; give --force to replace it, or another place`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

/** Holds the lock of the training that owns the checkpoint, so that a running training is not disturbed. */
async function copyOne(
  { from, folder, name }: Copy,
  force: boolean,
  print: (text: string) => void,
): Promise<object> {
  const byteLength = await withFile(from, async (file) => {
    const checked = await checkFile(file);
    if (!checked.passed) {
      const problems = checked.problems.map((problem) => problem.replace(`${checked.code}: `, ''));
      throw new KeepfitError(checked.code, `${from}: ${problems.join('; ')}; nothing was copied`);
    }
    const store = fsStore(folder);
    const lock = await store.lock?.(getFirstName(name));
    try {
      const chunks = { [Symbol.asyncIterator]: () => readPieces(file, 0, file.byteLength) };
      await store.set(name, { byteLength: file.byteLength, chunks }, force ? undefined : { replaces: null });
    } finally {
      await lock?.release();
    }
    return file.byteLength;
  });
  print(`${escapeLine(from)} → ${escapeLine(folder)}, as ${name}, ${formatSize(byteLength)}\n`);
  return { from, folder, name, byteLength };
}

/**
 * Warns about a second checkpoint beside the copy: a training that keeps two reads both, and the other may be
 * newer.
 */
async function noteTwin({ folder, name }: Copy, copies: readonly Copy[], terminal: Terminal): Promise<void> {
  const twin = name.endsWith(SECOND) ? getFirstName(name) : name + SECOND;
  if (copies.some((copy) => copy.name === twin) || !(await fsStore(folder).keys()).includes(twin)) return;
  const both = `${escapeLine(folder)} holds "${twin}" beside "${name}"`;
  terminal.printError(
    `keepfit: note: ${both}, and a training continues from the one with the higher number of backup\n`,
  );
}

/** Gets the name of the first checkpoint of a training; its lock guards both. */
function getFirstName(name: string): string {
  return name.endsWith(SECOND) ? name.slice(0, -SECOND.length) : name;
}
