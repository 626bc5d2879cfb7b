import { columns } from './columns.js';
import type { CheckpointDescription, TensorDescription } from './describe-checkpoint.js';
import type { InspectedFile } from './inspected-file.js';
import { type Paint, paint } from './paint.js';
import type { PlainValue } from './plain-state.js';
import { printable } from './printable.js';
import { shownAge } from './shown-age.js';
import { shownSize } from './shown-size.js';
import { shownValue } from './shown-value.js';
import type { Terminal } from './terminal.js';

/** One checkpoint for people, all of it. */
export function shownDescription(
  { file, byteLength, problems, checkpoint }: InspectedFile,
  terminal: Terminal,
): string {
  const { bold, good, bad } = paint(terminal.hasColours);
  const title = `${bold(printable(file))}\n`;
  if (checkpoint === null)
    return title + columns(problems.map((problem) => [bad('damaged'), printable(problem)]));
  const { tensors, savedAt, library, runId, generation } = checkpoint;
  const rows = [
    ['saved', `${shownAge(savedAt, terminal.now())}, at ${savedAt}, by keepfit ${printable(library)}`],
    ['run', `${printable(runId)}, backup ${generation}`],
    ['stands at', shownPlace(checkpoint)],
    ['checks', `${good('passed')}: the header, ${tensors.length} tensors, the state`],
    ...stateRows(checkpoint),
    ['size', shownSize(byteLength)],
  ];
  return title + columns(rows) + shownFingerprint(checkpoint, bold) + shownTensors(tensors, bold);
}

/** Where a training stands, in the words of the line that announces a resume. */
export function shownPlace({ content, epoch, batch, step }: CheckpointDescription): string {
  if (content === 'other' || epoch === null)
    return content === 'weights' ? 'weights alone' : 'the state of another trainer';
  if (content === 'weights')
    return `weights alone, of epoch ${epoch + 1}${batch === null ? '' : `, batch ${batch + 1}`}`;
  const within = batch === null || batch === 0 ? '' : `, batch ${batch}`;
  return `epoch ${epoch + 1}${within} (${step ?? 0} batches trained in all)`;
}

function stateRows({ learningRate, optimizer, seed, logs, callbacks }: CheckpointDescription): string[][] {
  const rows: [string, PlainValue][] = [
    ['optimizer', optimizer],
    ['learning rate', learningRate],
    ['seed', seed],
    ['logs', logs],
    ['callbacks', callbacks.length > 0 ? callbacks.map(({ name }) => name).join(', ') : null],
  ];
  return rows.filter(([, value]) => value !== null).map(([name, value]) => [name, shownValue(value)]);
}

function shownFingerprint({ fingerprint }: CheckpointDescription, bold: Paint['bold']): string {
  if (typeof fingerprint !== 'object' || fingerprint === null) return '';
  const items = Object.entries(fingerprint as Readonly<Record<string, PlainValue>>);
  const rows = items.map(([key, value]) => [printable(key), shownValue(value)]);
  return `${bold('fingerprint')}\n${columns(rows)}`;
}

function shownTensors(tensors: readonly TensorDescription[], bold: Paint['bold']): string {
  const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const rows = tensors.map(({ name, dtype, shape, byteLength }) => {
    return [printable(name), dtype, `[${shape.join(', ')}]`, shownSize(byteLength)];
  });
  return `${bold(`tensors: ${tensors.length}, ${shownSize(total)}`)}\n${columns(rows)}`;
}
