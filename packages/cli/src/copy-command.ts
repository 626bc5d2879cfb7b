import { dirname } from 'node:path';
import { checkKey, KeepfitError } from '@keepfit/callbacks/store';
import { fsStore } from '@keepfit/store-fs';
import { Command } from 'commander';
import { decodeFile } from './decode-file.js';
import { findCheckpoints, type FoundFile, nameOf, SUFFIX } from './find-checkpoints.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import { shownSize } from './shown-size.js';
import type { Terminal } from './terminal.js';
import { toJson } from './to-json.js';

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

/** What stands behind the name of the second checkpoint of a training. */
const SECOND = '.2';

/** `keepfit copy`. */
export function copyCommand(terminal: Terminal): Command {
  return new Command('copy')
    .description(
      'Copies a checkpoint, or all of a folder, once every check has passed. The copy is there whole and safely, or not at all.',
    )
    .argument('<from>', 'a checkpoint file, or a folder of fsStore')
    .argument('<to>', `a folder of fsStore, or the file <name>${SUFFIX} in one`)
    .option('--name <name>', 'the only one of the folder to copy')
    .option('--force', 'replace what is there')
    .option('--json', 'print JSON')
    .action(async (from: string, to: string, { name, force = false, json = false }: CopyOptions) => {
      const copies = await planned(from, to, name);
      if (!force) for (const copy of copies) await refuseToReplace(copy);
      const copied: object[] = [];
      for (const copy of copies)
        copied.push(await copyOne(copy, force, json ? () => undefined : terminal.print));
      if (json) terminal.print(toJson({ copied }));
      for (const copy of copies) await noteTwin(copy, copies, terminal);
    });
}

async function planned(from: string, to: string, name?: string): Promise<Copy[]> {
  const found = await findCheckpoints(from, name);
  if (!to.endsWith(SUFFIX)) return found.map((file) => copyOf(file, to, file.name));
  if (found.length === 1) return [copyOf(found[0], dirname(to), nameOf(to))];
  const names = found.map((file) => file.name).join(', ');
  const message = `${from} holds several checkpoints (${names}), and ${to} is one file; give --name, or a folder`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

function copyOf({ path }: FoundFile, folder: string, name: string): Copy {
  return { from: path, folder, name: checkKey(name, 'the name of the copy') };
}

async function refuseToReplace({ folder, name }: Copy): Promise<void> {
  if (!(await fsStore(folder).keys()).includes(name)) return;
  const message = `${folder} holds a checkpoint "${name}" already; give --force to replace it, or another place`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

/** Under the lock of the training whose checkpoint this is: one that runs is not disturbed. */
async function copyOne(
  { from, folder, name }: Copy,
  force: boolean,
  print: (text: string) => void,
): Promise<object> {
  const bytes = await readFile(from);
  decodeFile(from, bytes);
  const store = fsStore(folder);
  const lock = await store.lock?.(firstOf(name));
  try {
    await store.set(
      name,
      { byteLength: bytes.byteLength, chunks: once(bytes) },
      force ? undefined : { replaces: null },
    );
  } finally {
    await lock?.release();
  }
  print(`${printable(from)} → ${printable(folder)}, as ${name}, ${shownSize(bytes.byteLength)}\n`);
  return { from, folder, name, byteLength: bytes.byteLength };
}

/** A training that keeps two looks at both: one that lay there already may be newer than the copy. */
async function noteTwin({ folder, name }: Copy, copies: readonly Copy[], terminal: Terminal): Promise<void> {
  const twin = name.endsWith(SECOND) ? firstOf(name) : name + SECOND;
  if (copies.some((copy) => copy.name === twin) || !(await fsStore(folder).keys()).includes(twin)) return;
  const both = `${printable(folder)} holds "${twin}" beside "${name}"`;
  terminal.printError(
    `keepfit: note: ${both}, and a training continues from the one with the higher number of backup\n`,
  );
}

/** The first checkpoint of a training, whose lock is that of both. */
function firstOf(name: string): string {
  return name.endsWith(SECOND) ? name.slice(0, -SECOND.length) : name;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
