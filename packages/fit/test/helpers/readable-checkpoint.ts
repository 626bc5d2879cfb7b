import type { Capture, CaptureEntry, StateValue } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { withOneNaN } from './with-one-nan.js';

/**
 * A checkpoint made comparable: all of it but its time, and what belongs to BackupAndRestore. Tensors are
 * hexadecimal bytes.
 */
export async function readableCheckpoint(bytes: Uint8Array): Promise<unknown> {
  const { header, training } = decodeCheckpoint(bytes);
  const tensors = Object.fromEntries(
    await Promise.all(
      [...training.tensors].map(async ([name, { dtype, shape, bytes: values }]) => {
        const read = (): Promise<Uint8Array> => Promise.resolve(values);
        return [name, await shownTensor({ dtype, shape, read })] as const;
      }),
    ),
  );
  const { runId: _runId, savedAt: _savedAt, ...rest } = header;
  return { header: rest, tensors, state: await readable(training.state) };
}

/** A state made comparable, without what belongs to BackupAndRestore: captures as hexadecimal bytes. */
export async function readable(value: StateValue): Promise<unknown> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value))
    return Promise.all((value as readonly StateValue[]).filter((item) => !isOfBackups(item)).map(readable));
  if (isCapture(value)) return Promise.all(value.entries.map(shownEntry));
  // Ids of runs are drawn at random.
  const members = await Promise.all(
    Object.entries(value)
      .filter(([key]) => key !== 'runId')
      .map(async ([key, item]) => [key, await readable(item as StateValue)] as const),
  );
  return Object.fromEntries(members);
}

function isOfBackups(state: StateValue): boolean {
  return (state as { name?: unknown } | null)?.name === 'BackupAndRestore';
}

function isCapture(value: object): value is Capture {
  return (
    Array.isArray((value as Partial<Capture>).entries) &&
    typeof (value as Partial<Capture>).clone === 'function'
  );
}

/** The weights of a capture, made comparable. Frees it. */
export async function readableWeights(capture: Capture): Promise<readonly string[]> {
  try {
    return await Promise.all(capture.entries.map(shownEntry));
  } finally {
    capture.dispose();
  }
}

async function shownEntry(entry: CaptureEntry): Promise<string> {
  return `${entry.name} ${await shownTensor(entry)}`;
}

async function shownTensor(tensor: Pick<CaptureEntry, 'dtype' | 'shape' | 'read'>): Promise<string> {
  const values = Buffer.from(await withOneNaN(tensor)).toString('hex');
  return `${tensor.dtype} [${tensor.shape.join()}] ${values}`;
}
