import { crc32 } from 'node:zlib';

/** A tensor as the file describes it. */
export interface NaiveTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

interface NaiveInfo {
  dtype: string;
  shape: number[];
  data_offsets: number[];
}

export interface NaiveFile {
  metadata: Record<string, string>;
  tensors: Record<string, NaiveTensor>;
}

/** Reads a valid safetensors file as a page of code in any language would; independent of the tested code. */
export function readNaively(bytes: Uint8Array): NaiveFile & { order: string[]; header: Uint8Array } {
  const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd))) as Record<string, never>;
  const { __metadata__: metadata, ...infos } = json as unknown as { __metadata__: Record<string, string> };
  const tensors: Record<string, NaiveTensor> = Object.create(null);
  const order: string[] = [];
  let end = 0;
  for (const [name, info] of Object.entries(infos as unknown as Record<string, NaiveInfo>)) {
    if (info.data_offsets[0] !== end) throw new Error(`${name} does not begin where the one before ends`);
    const begin = end;
    end = info.data_offsets[1]!;
    tensors[name] = {
      dtype: info.dtype,
      shape: info.shape,
      bytes: bytes.slice(headerEnd + begin, headerEnd + end),
    };
    order.push(name);
  }
  if (headerEnd + end !== bytes.length) throw new Error('the tensors do not end with the file');
  return { metadata, tensors, order, header: bytes.slice(0, headerEnd) };
}

/** A safetensors file of these parts, without checksums. */
export function writeNaively(file: Partial<NaiveFile> | string, data?: Uint8Array): Uint8Array {
  if (typeof file === 'string') return joined(new TextEncoder().encode(file), data ?? new Uint8Array());
  const { metadata, tensors = {} } = file;
  const members = metadata === undefined ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const offsets = [end, (end += bytes.length)];
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
  }
  return joined(
    new TextEncoder().encode(`{${members.join(',')}}`),
    ...Object.values(tensors).map(({ bytes }) => bytes),
  );
}

/** A checkpoint of these parts with correct checksums, in the requested number, whatever else is wrong. */
export function writeCheckpointNaively(
  keepfitJson: string,
  tensors: Record<string, NaiveTensor> = {},
  metadata = {},
  sumCount = 1 + Object.keys(tensors).length,
): Uint8Array {
  const sums = new DataView(new ArrayBuffer(4 * sumCount));
  const checksums = { dtype: 'U32', shape: [sums.byteLength / 4], bytes: new Uint8Array(sums.buffer) };
  const file = {
    metadata: { keepfit: keepfitJson, format: 'keepfit', ...metadata },
    tensors: { ...tensors, 'keepfit.crc32': checksums },
  };
  const bytes = writeNaively(file);
  sums.setUint32(0, crc32(readNaively(bytes).header), true);
  Object.values(tensors)
    .slice(0, sumCount - 1)
    .forEach((tensor, index) => sums.setUint32(4 * (index + 1), crc32(tensor.bytes), true));
  return writeNaively(file);
}

/** The JSON of a checkpoint whose state is this text. */
export function jsonWith(state: string): string {
  return `{"format":1,"runId":"r","generation":1,"savedAt":"2026-01-31T08:15:00.000Z","library":"0.1.0","state":${state}}`;
}

function joined(json: Uint8Array, ...data: Uint8Array[]): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return new Uint8Array(Buffer.concat([length, json, ...data]));
}
