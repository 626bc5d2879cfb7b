import { Command } from 'commander';
import { checkBytes } from './check-bytes.js';
import { EXIT } from './exit-status.js';
import { findCheckpoints } from './find-checkpoints.js';
import { type Paint, paint } from './paint.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import { shownSize } from './shown-size.js';
import type { Terminal } from './terminal.js';
import { toJson } from './to-json.js';

interface Verified {
  readonly file: string;
  readonly byteLength: number;
  readonly passed: boolean;
  readonly problems: readonly string[];
}

/** `keepfit verify`. */
export function verifyCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('verify')
    .description(
      'Checks every byte of a checkpoint, or of all in a folder, and names each damaged tensor. Status 1 where one is bad.',
    )
    .argument('<place>', 'a checkpoint file, or a folder of fsStore')
    .argument('[name]', 'which one of the folder')
    .option('--json', 'print JSON')
    .action(async (place: string, name: string | undefined, { json = false }: { json?: boolean }) => {
      const verified: Verified[] = [];
      for (const { path } of await findCheckpoints(place, name)) verified.push(await verifyFile(path));
      const colours = paint(terminal.hasColours);
      terminal.print(
        json ? toJson({ checkpoints: verified }) : verified.map((file) => shownFile(file, colours)).join(''),
      );
      finish(verified.every(({ passed }) => passed) ? EXIT.good : EXIT.bad);
    });
}

async function verifyFile(file: string): Promise<Verified> {
  const bytes = await readFile(file);
  const checked = checkBytes(bytes);
  const { passed } = checked;
  return { file, byteLength: bytes.byteLength, passed, problems: checked.passed ? [] : checked.problems };
}

function shownFile({ file, byteLength, passed, problems }: Verified, { good, bad }: Paint): string {
  if (passed) return `${good('good')}  ${printable(file)}  ${shownSize(byteLength)}\n`;
  return problems.map((problem) => `${bad('bad')}   ${printable(file)}  ${printable(problem)}\n`).join('');
}
