import { Command } from 'commander';
import { type DecodedFile, decodeFile } from '../checkpoint/decode-file.js';
import {
  type CheckpointDifference,
  diffCheckpoints,
  type DifferingTensor,
  type TensorKind,
} from '../checkpoint/diff-checkpoints.js';
import { findCheckpoint } from '../checkpoint/find-checkpoints.js';
import { formatColumns, formatName, formatValue, formatJson } from '../output/format.js';
import { EXIT, createPaint, type Terminal } from '../output/terminal.js';

/** Creates `keepfit diff`. */
export function createDiffCommand(terminal: Terminal, finish: (status: number) => void): Command {
  return new Command('diff')
    .description(
      'Tells which tensors of two trainings differ and by how much, and which values of the state. Status 1 if they differ.',
    )
    .argument('<a>', 'a checkpoint file, or a folder that holds one')
    .argument('<b>', 'another')
    .option('--json', 'print JSON')
    .action(async (placeA: string, placeB: string, { json = false }: { json?: boolean }) => {
      const [a, b] = [await readTraining(placeA), await readTraining(placeB)];
      const difference = diffCheckpoints(a, b);
      terminal.print(
        json ? formatJson({ a: a.path, b: b.path, ...difference }) : formatDifference(difference, terminal),
      );
      finish(difference.same ? EXIT.good : EXIT.bad);
    });
}

async function readTraining(place: string): Promise<DecodedFile & { readonly path: string }> {
  const { path } = await findCheckpoint(place);
  return { path, ...(await decodeFile(path)) };
}

function formatDifference(
  { same, tensorCount, tensors, state }: CheckpointDifference,
  terminal: Terminal,
): string {
  const { bold, good } = createPaint(terminal.hasColours);
  if (same) return `${good('the same')}: ${tensorCount} tensors and the state, bit for bit\n`;
  const values = state.map(({ item, a = '(none)', b = '(none)' }) => [
    formatName(item),
    formatValue(a),
    '→',
    formatValue(b),
  ]);
  const count = state.length === 1 ? '1 value differs' : `${state.length} values differ`;
  return [
    `${bold(`tensors: ${tensors.length} of ${tensorCount} differ`)}\n`,
    formatColumns(tensors.map(formatTensorRow)),
    `${bold(`state: ${state.length === 0 ? 'the same' : count}`)}\n`,
    formatColumns(values),
  ].join('');
}

function formatTensorRow({ name, a, b, values }: DifferingTensor): string[] {
  const kinds = values === null ? `${formatKind(a)} → ${formatKind(b)}` : formatKind(a);
  if (values === null) return [formatName(name), kinds];
  const { items, nans, maxAbs, maxRel, maxUlp, at } = values;
  const total = a?.shape.reduce((product, size) => product * size, 1) ?? 0;
  const ulp = maxUlp === null ? '' : `, ${formatNumber(maxUlp)} ulp`;
  const largest =
    at === null
      ? ''
      : `largest ${formatNumber(maxAbs)} at [${at.join(', ')}], relative ${formatNumber(maxRel)}${ulp}`;
  return [
    formatName(name),
    kinds,
    `${items} of ${total}`,
    [largest, nans > 0 ? `${nans} NaN` : ''].filter(Boolean).join(', '),
  ];
}

function formatKind(kind: TensorKind | null): string {
  return kind === null ? '(none)' : `${kind.dtype} [${kind.shape.join(', ')}]`;
}

/** Three digits are enough to judge a difference. */
function formatNumber(value: number): string {
  return String(Number.isInteger(value) && value < 1e6 ? value : Number(value.toPrecision(3)));
}
