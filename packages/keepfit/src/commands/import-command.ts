import { stat } from 'node:fs/promises';
import { KeepfitError } from '@keepfit/callbacks';
import { encodeSafetensors } from '@keepfit/callbacks/checkpoint';
import { escapeLine } from '@keepfit/callbacks/internal';
import { Command } from 'commander';
import { checkExport, writeExport } from '../checkpoint/write-export.js';
import { readKerasFile } from '../keras-file/read-keras-file.js';
import { formatJson, formatSize } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';

interface ImportOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** How long the command works, in ms, between two lines that say how far it is. */
const PATIENCE = 1000;

/** Creates `keepfit import`. */
export function createImportCommand(terminal: Terminal): Command {
  return new Command('import')
    .description(
      "Writes the weights of a Keras model as a safetensors file, by Keras' weight paths. importWeights loads it into a model of tfjs-layers.",
    )
    .argument('<file>', 'a .keras, .weights.h5 or .h5 file of Keras 3 or 2')
    .requiredOption('--out <file>', 'where to write')
    .option('--force', 'replace a file that is no checkpoint')
    .option('--json', 'print JSON')
    .action(async (path: string, { out, force = false, json = false }: ImportOptions) => {
      if (await isSameFile(out, path))
        throw new KeepfitError(
          'KEEPFIT_INVALID_OPTION',
          `${out} is the file to import; give another name to --out`,
        );
      await checkExport(out, force);
      const { tensors, metadata } = await readKerasFile(path, reportProgress(terminal));
      const written = encodeSafetensors(tensors, metadata);
      await writeExport(out, written, force);
      const names = [...tensors.keys()];
      const text = `${escapeLine(path)} → ${escapeLine(out)}, ${names.length} weights, ${formatSize(written.byteLength)}\n`;
      terminal.print(
        json ? formatJson({ from: path, to: out, byteLength: written.byteLength, weights: names }) : text,
      );
    });
}

/** Also if one of the paths leads through a link. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function reportProgress(terminal: Terminal): (done: number, total: number) => void {
  let last: number | undefined;
  return (done, total) => {
    last ??= terminal.now();
    if (done === total || terminal.now() - last < PATIENCE) return;
    last = terminal.now();
    terminal.printError(`keepfit: read ${done} of ${total} layers\n`);
  };
}
