import { escapeLine } from '@keepfit/callbacks/internal';
import type {
  CheckpointDescription,
  InspectedFile,
  TensorDescription,
} from '../checkpoint/describe-checkpoint.js';
import type { PlainValue } from '../checkpoint/plain-state.js';
import { formatColumns, formatAge, formatName, formatSize, formatValue } from './format.js';
import { type Paint, createPaint, type Terminal } from './terminal.js';

/** Formats all of one checkpoint for people. */
export function formatDescription(
  { file, byteLength, problems, checkpoint }: InspectedFile,
  terminal: Terminal,
): string {
  const { bold, good, bad } = createPaint(terminal.hasColours);
  const title = `${bold(escapeLine(file))}\n`;
  if (checkpoint === null)
    return title + formatColumns(problems.map((problem) => [bad('bad'), escapeLine(problem)]));
  const { tensors, savedAt, library, runId, generation } = checkpoint;
  const rows = [
    ['saved', `${formatAge(savedAt, terminal.now())}, at ${savedAt}, by keepfit ${formatName(library)}`],
    ['run', `${formatName(runId)}, backup ${generation}`],
    ['stands at', formatPlace(checkpoint)],
    ['checks', `${good('passed')}: the header, ${tensors.length} tensors, the state`],
    ...formatStateRows(checkpoint),
    ['size', formatSize(byteLength)],
  ];
  return title + formatColumns(rows) + formatFingerprint(checkpoint, bold) + formatTensors(tensors, bold);
}

/** Formats the position of a training, in the words of the line that announces a resume. */
export function formatPlace({ content, epoch, batch, step }: CheckpointDescription): string {
  if (content === 'other' || epoch === null)
    return content === 'weights' ? 'weights alone' : 'the state of another trainer';
  if (content === 'weights')
    return `weights alone, of epoch ${epoch + 1}${batch === null ? '' : `, batch ${batch + 1}`}`;
  const within = batch === null || batch === 0 ? '' : `, batch ${batch}`;
  return `epoch ${epoch + 1}${within} (${step ?? 0} batches trained in all)`;
}

function formatStateRows({
  learningRate,
  optimizer,
  seed,
  logs,
  callbacks,
}: CheckpointDescription): string[][] {
  const rows: [string, PlainValue][] = [
    ['optimizer', optimizer],
    ['learning rate', learningRate],
    ['seed', seed],
    ['logs', logs],
    ['callbacks', callbacks.length > 0 ? callbacks.map(({ name }) => name).join(', ') : null],
  ];
  return rows.filter(([, value]) => value !== null).map(([name, value]) => [name, formatValue(value)]);
}

function formatFingerprint({ fingerprint }: CheckpointDescription, bold: Paint['bold']): string {
  if (typeof fingerprint !== 'object' || fingerprint === null) return '';
  const items = Object.entries(fingerprint as Readonly<Record<string, PlainValue>>);
  const rows = items.map(([key, value]) => [formatName(key), formatValue(value)]);
  return `${bold('fingerprint')}\n${formatColumns(rows)}`;
}

function formatTensors(tensors: readonly TensorDescription[], bold: Paint['bold']): string {
  const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const rows = tensors.map(({ name, dtype, shape, byteLength }) => {
    return [formatName(name), dtype, `[${shape.join(', ')}]`, formatSize(byteLength)];
  });
  return `${bold(`tensors: ${tensors.length}, ${formatSize(total)}`)}\n${formatColumns(rows)}`;
}
