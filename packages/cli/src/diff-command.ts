import { Command } from 'commander';
import { columns } from './columns.js';
import { decodeFile } from './decode-file.js';
import {
  type CheckpointDifference,
  type DecodedFile,
  diffCheckpoints,
  type DifferingTensor,
  type TensorKind,
} from './diff-checkpoints.js';
import { EXIT } from './exit-status.js';
import { findCheckpoint } from './find-checkpoints.js';
import { paint } from './paint.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import { shownValue } from './shown-value.js';
import type { Terminal } from './terminal.js';
import { toJson } from './to-json.js';

/** `keepfit diff`. */
export function diffCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('diff')
    .description(
      'Tells which tensors of two trainings differ and by how much, and what of the other state. Status 1 where they differ.',
    )
    .argument('<a>', 'a checkpoint file, or a folder that holds one')
    .argument('<b>', 'another')
    .option('--json', 'print JSON')
    .action(async (placeA: string, placeB: string, { json = false }: { json?: boolean }) => {
      const [a, b] = [await readTraining(placeA), await readTraining(placeB)];
      const difference = diffCheckpoints(a, b);
      terminal.print(
        json ? toJson({ a: a.path, b: b.path, ...difference }) : shownDifference(difference, terminal),
      );
      finish(difference.same ? EXIT.good : EXIT.bad);
    });
}

async function readTraining(place: string): Promise<DecodedFile & { readonly path: string }> {
  const { path } = await findCheckpoint(place);
  const bytes = await readFile(path);
  return { path, bytes, decoded: decodeFile(path, bytes) };
}

function shownDifference(
  { same, tensorCount, tensors, state }: CheckpointDifference,
  terminal: Terminal,
): string {
  const { bold, good } = paint(terminal.hasColours);
  if (same) return `${good('the same')}: ${tensorCount} tensors and the state, bit for bit\n`;
  const values = state.map(({ item, a = '(none)', b = '(none)' }) => [
    printable(item),
    shownValue(a),
    '→',
    shownValue(b),
  ]);
  const count = state.length === 1 ? '1 value differs' : `${state.length} values differ`;
  return [
    `${bold(`tensors: ${tensors.length} of ${tensorCount} differ`)}\n`,
    columns(tensors.map(tensorRow)),
    `${bold(`state: ${state.length === 0 ? 'the same' : count}`)}\n`,
    columns(values),
  ].join('');
}

function tensorRow({ name, a, b, values }: DifferingTensor): string[] {
  const kinds = values === null ? `${shownKind(a)} → ${shownKind(b)}` : shownKind(a);
  if (values === null) return [printable(name), kinds];
  const { items, nans, maxAbs, maxRel, maxUlp, at } = values;
  const total = a?.shape.reduce((product, size) => product * size, 1) ?? 0;
  const ulp = maxUlp === null ? '' : `, ${short(maxUlp)} ulp`;
  const largest =
    at === null ? '' : `largest ${short(maxAbs)} at [${at.join(', ')}], relative ${short(maxRel)}${ulp}`;
  return [
    printable(name),
    kinds,
    `${items} of ${total}`,
    [largest, nans > 0 ? `${nans} NaN` : ''].filter(Boolean).join(', '),
  ];
}

function shownKind(kind: TensorKind | null): string {
  return kind === null ? '(none)' : `${kind.dtype} [${kind.shape.join(', ')}]`;
}

/** Three digits are enough to judge by. */
function short(value: number): string {
  return String(Number.isInteger(value) && value < 1e6 ? value : Number(value.toPrecision(3)));
}
