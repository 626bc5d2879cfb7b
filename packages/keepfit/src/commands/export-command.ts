import { encodeSafetensors } from '@keepfit/callbacks/checkpoint';
import { escapeLine } from '@keepfit/callbacks/internal';
import { Command } from 'commander';
import { decodeFile } from '../checkpoint/decode-file.js';
import { selectTensors } from '../checkpoint/export-tensors.js';
import { findCheckpoint } from '../checkpoint/find-checkpoints.js';
import { writeExport } from '../checkpoint/write-export.js';
import { formatSize, formatJson } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';

interface ExportOptions {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Creates `keepfit export`. */
export function createExportCommand(terminal: Terminal): Command {
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
        const { bytes } = await decodeFile(path);
        const tensors = selectTensors(path, bytes, all);
        const written = encodeSafetensors(tensors);
        await writeExport(file, written, force);
        const names = [...tensors.keys()];
        const text = `${escapeLine(path)} → ${escapeLine(file)}, ${names.length} tensors, ${formatSize(written.byteLength)}\n`;
        terminal.print(
          json ? formatJson({ from: path, to: file, byteLength: written.byteLength, tensors: names }) : text,
        );
      },
    );
}
