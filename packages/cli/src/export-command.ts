import { Command } from 'commander';
import { decodeFile } from './decode-file.js';
import { exportedTensors } from './exported-tensors.js';
import { findCheckpoint } from './find-checkpoints.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import { shownSize } from './shown-size.js';
import type { Terminal } from './terminal.js';
import { toJson } from './to-json.js';
import { writeExport } from './write-export.js';
import { writeSafetensors } from './write-safetensors.js';

interface ExportOptions {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `keepfit export`. */
export function exportCommand(terminal: Terminal): Command {
  return new Command('export')
    .description(
      'Writes the weights as a plain safetensors file, by the names of the model: no optimizer, no state, no metadata.',
    )
    .argument('<place>', 'a checkpoint file, or a folder that holds one')
    .argument('<file>', 'where to write')
    .option('--all', 'every tensor of the checkpoint, by its name there: weights/…, optimizer/…')
    .option('--force', 'replace a file that is no checkpoint')
    .option('--json', 'print JSON')
    .action(
      async (place: string, file: string, { all = false, force = false, json = false }: ExportOptions) => {
        const { path } = await findCheckpoint(place);
        const bytes = await readFile(path);
        decodeFile(path, bytes);
        const tensors = exportedTensors(path, bytes, all);
        const written = writeSafetensors(tensors);
        await writeExport(file, written, force);
        const names = [...tensors.keys()];
        const text = `${printable(path)} → ${printable(file)}, ${names.length} tensors, ${shownSize(written.byteLength)}\n`;
        terminal.print(
          json ? toJson({ from: path, to: file, byteLength: written.byteLength, tensors: names }) : text,
        );
      },
    );
}
