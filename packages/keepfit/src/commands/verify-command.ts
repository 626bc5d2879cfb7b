import { escapeLine } from '@keepfit/callbacks/internal';
import { Command } from 'commander';
import { checkFile } from '../checkpoint/check-file.js';
import { findCheckpoints } from '../checkpoint/find-checkpoints.js';
import { withFile } from '../checkpoint/read-file.js';
import { formatSize, formatJson } from '../output/format.js';
import { EXIT, type Paint, createPaint, type Terminal } from '../output/terminal.js';

interface Verified {
  readonly file: string;
  readonly byteLength: number;
  readonly passed: boolean;
  readonly problems: readonly string[];
}

/** Creates `keepfit verify`. */
export function createVerifyCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('verify')
    .description(
      'Checks every byte of a checkpoint, or of all in a folder, and names each damaged tensor. Status 1 if one is bad.',
    )
    .argument('<place>', 'a checkpoint file, or a folder of fsStore')
    .argument('[name]', 'which one of the folder')
    .option('--json', 'print JSON')
    .action(async (place: string, name: string | undefined, { json = false }: { json?: boolean }) => {
      const verified: Verified[] = [];
      for (const { path } of await findCheckpoints(place, name)) verified.push(await verifyFile(path));
      const colours = createPaint(terminal.hasColours);
      terminal.print(
        json
          ? formatJson({ checkpoints: verified })
          : verified.map((file) => formatFile(file, colours)).join(''),
      );
      finish(verified.every(({ passed }) => passed) ? EXIT.good : EXIT.bad);
    });
}

function verifyFile(file: string): Promise<Verified> {
  return withFile(file, async (opened) => {
    const checked = await checkFile(opened);
    const { passed } = checked;
    return { file, byteLength: opened.byteLength, passed, problems: checked.passed ? [] : checked.problems };
  });
}

function formatFile({ file, byteLength, passed, problems }: Verified, { good, bad }: Paint): string {
  if (passed) return `${good('good')}  ${escapeLine(file)}  ${formatSize(byteLength)}\n`;
  return problems.map((problem) => `${bad('bad')}   ${escapeLine(file)}  ${escapeLine(problem)}\n`).join('');
}
