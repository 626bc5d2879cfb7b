import { Command } from 'commander';
import { checkBytes } from './check-bytes.js';
import { columns } from './columns.js';
import { describeCheckpoint } from './describe-checkpoint.js';
import { EXIT } from './exit-status.js';
import { findCheckpoints } from './find-checkpoints.js';
import type { InspectedFile } from './inspected-file.js';
import { paint } from './paint.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import { shownAge } from './shown-age.js';
import { shownDescription, shownPlace } from './shown-description.js';
import { shownSize } from './shown-size.js';
import type { Terminal } from './terminal.js';
import { toJson } from './to-json.js';

/** `keepfit inspect`. */
export function inspectCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('inspect')
    .description(
      'Tells what a checkpoint holds, and how old it is. Of a folder with several: a line for each.',
    )
    .argument('<place>', 'a checkpoint file, or a folder of fsStore')
    .argument('[name]', 'which one of the folder')
    .option('--json', 'print JSON, with all that the state says')
    .action(async (place: string, name: string | undefined, { json = false }: { json?: boolean }) => {
      const inspected: InspectedFile[] = [];
      for (const found of await findCheckpoints(place, name))
        inspected.push(await inspectFile(found.path, found.name));
      terminal.print(json ? toJson({ checkpoints: inspected }) : shownFiles(inspected, terminal));
      finish(inspected.every(({ passed }) => passed) ? EXIT.good : EXIT.bad);
    });
}

async function inspectFile(file: string, name: string): Promise<InspectedFile> {
  const bytes = await readFile(file);
  const checked = checkBytes(bytes);
  const { passed } = checked;
  const base = { file, name, byteLength: bytes.byteLength, passed };
  if (!checked.passed) return { ...base, problems: checked.problems, checkpoint: null };
  return { ...base, problems: [], checkpoint: describeCheckpoint(bytes, checked.decoded) };
}

function shownFiles(files: readonly InspectedFile[], terminal: Terminal): string {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return shownDescription(only, terminal);
  const rows = files.map(({ name, byteLength, checkpoint }) =>
    checkpoint === null
      ? [printable(name), 'damaged: see keepfit verify', shownSize(byteLength)]
      : [
          printable(name),
          shownPlace(checkpoint),
          shownSize(byteLength),
          shownAge(checkpoint.savedAt, terminal.now()),
        ],
  );
  return columns(rows, '') + paint(terminal.hasColours).dim('Give the name of one to see more.\n');
}
