import { escapeLine } from '@keepfit/callbacks/internal';
import { Command } from 'commander';
import { checkFile } from '../checkpoint/check-file.js';
import { describeCheckpoint, type InspectedFile } from '../checkpoint/describe-checkpoint.js';
import { findCheckpoints } from '../checkpoint/find-checkpoints.js';
import { withFile } from '../checkpoint/read-file.js';
import { formatDescription, formatPlace } from '../output/format-description.js';
import { formatColumns, formatAge, formatSize, formatJson } from '../output/format.js';
import { EXIT, createPaint, type Terminal } from '../output/terminal.js';

/** Creates `keepfit inspect`. */
export function createInspectCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('inspect')
    .description(
      'Shows the content and age of a checkpoint. If a folder has several, it prints a line for each.',
    )
    .argument('<place>', 'a checkpoint file, or a folder of fsStore')
    .argument('[name]', 'which one of the folder')
    .option('--json', 'print JSON, with the whole state')
    .action(async (place: string, name: string | undefined, { json = false }: { json?: boolean }) => {
      const inspected: InspectedFile[] = [];
      for (const found of await findCheckpoints(place, name))
        inspected.push(await inspectFile(found.path, found.name));
      terminal.print(json ? formatJson({ checkpoints: inspected }) : formatFiles(inspected, terminal));
      finish(inspected.every(({ passed }) => passed) ? EXIT.good : EXIT.bad);
    });
}

function inspectFile(file: string, name: string): Promise<InspectedFile> {
  return withFile(file, async (opened) => {
    const checked = await checkFile(opened);
    const base = { file, name, byteLength: opened.byteLength, passed: checked.passed };
    if (!checked.passed) return { ...base, problems: checked.problems, checkpoint: null };
    return { ...base, problems: [], checkpoint: describeCheckpoint(checked.decoded, checked.places) };
  });
}

function formatFiles(files: readonly InspectedFile[], terminal: Terminal): string {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return formatDescription(only, terminal);
  const rows = files.map(({ name, byteLength, checkpoint }) =>
    checkpoint === null
      ? [escapeLine(name), 'bad: see keepfit verify', formatSize(byteLength)]
      : [
          escapeLine(name),
          formatPlace(checkpoint),
          formatSize(byteLength),
          formatAge(checkpoint.savedAt, terminal.now()),
        ],
  );
  return (
    formatColumns(rows, '') + createPaint(terminal.hasColours).dim('Give the name of one to see more.\n')
  );
}
