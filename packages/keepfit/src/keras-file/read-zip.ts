import { inflateRawSync } from 'node:zlib';
import { KeepfitError } from '@keepfit/callbacks';
import { crc32 } from '@keepfit/callbacks/checkpoint';
import type { OpenFile } from '../checkpoint/read-file.js';

/** A file in a ZIP archive, as the archive's directory describes it. */
export interface ZipMember {
  readonly name: string;
  readonly byteLength: number;
  /** Reads all of it, and checks its length and checksum. */
  read(): Promise<Uint8Array>;
}

/** The end of the directory, with the longest comment. */
const MAX_END = 22 + 0xffff;
/** Keras stores files as they are. An archive that was packed again may compress them, but not like this. */
const MAX_EXPANSION = 100;
const MAX_DIRECTORY = 2 ** 24;
const SIGNATURES = { end: 0x06054b50, entry: 0x02014b50, file: 0x04034b50 };
/** In place of a number that takes 8 bytes. */
const ZIP64 = 0xffffffff;

/**
 * Lists the files of a ZIP archive. Nothing but the directory is read, and no file expands to more than 100
 * times its bytes.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no ZIP archive, or a damaged one.
 */
export async function readZip(file: OpenFile): Promise<ReadonlyMap<string, ZipMember>> {
  const { offset, length, count } = await findDirectory(file);
  if (length > MAX_DIRECTORY || offset + length > file.byteLength)
    throw createZipError('its directory is beyond its end');
  const bytes = await file.read(offset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > length || view.getUint32(at, true) !== SIGNATURES.entry)
      throw createZipError('its directory is damaged');
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameLength + extra + comment;
    if (end > length) throw createZipError('its directory is damaged');
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (members.has(name)) throw createZipError(`it holds "${name}" twice`);
    members.set(name, createMember(file, name, new DataView(view.buffer, view.byteOffset + at, 46)));
    at = end;
  }
  return members;
}

async function findDirectory(file: OpenFile): Promise<{ offset: number; length: number; count: number }> {
  const size = Math.min(file.byteLength, MAX_END);
  const bytes = await file.read(file.byteLength - size, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = size - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== SIGNATURES.end) continue;
    const [count, length, offset] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 12, true),
      view.getUint32(at + 16, true),
    ];
    if (count === 0xffff || length === ZIP64 || offset === ZIP64) throw createTooLargeError();
    return { count, length, offset };
  }
  throw createZipError('it has no directory at its end, so it is cut off or of another kind');
}

function createMember(file: OpenFile, name: string, entry: DataView): ZipMember {
  const [flags, method] = [entry.getUint16(8, true), entry.getUint16(10, true)];
  const [checksum, packed, byteLength, offset] = [16, 20, 24, 42].map((field) =>
    entry.getUint32(field, true),
  ) as [number, number, number, number];
  const read = async () => {
    if (packed === ZIP64 || byteLength === ZIP64 || offset === ZIP64) throw createTooLargeError();
    if ((flags & 1) !== 0) throw createZipError(`its file "${name}" is encrypted`);
    if (method !== 0 && method !== 8)
      throw createZipError(`its file "${name}" is packed by method ${method}`);
    if (byteLength > (method === 0 ? packed : packed * MAX_EXPANSION))
      throw createZipError(`its file "${name}" expands from ${packed} to ${byteLength} bytes, too much`);
    const bytes = await readPacked(file, name, offset, packed);
    const content = method === 0 ? bytes : inflate(name, bytes, byteLength);
    if (content.byteLength !== byteLength || crc32(content) !== checksum)
      throw createZipError(`its file "${name}" is damaged: length or checksum differ`);
    return content;
  };
  return { name, byteLength, read };
}

async function readPacked(file: OpenFile, name: string, offset: number, packed: number): Promise<Uint8Array> {
  if (offset + 30 + packed > file.byteLength) throw createZipError(`its file "${name}" is beyond its end`);
  const header = new DataView((await file.read(offset, 30)).buffer);
  const begin = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint32(0, true) !== SIGNATURES.file || begin + packed > file.byteLength)
    throw createZipError(`its file "${name}" is damaged`);
  return file.read(begin, packed);
}

function inflate(name: string, bytes: Uint8Array, byteLength: number): Uint8Array {
  try {
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: Math.max(byteLength, 1) }));
  } catch (cause) {
    throw createZipError(`its file "${name}" is damaged`, cause);
  }
}

function createTooLargeError(): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    'the archive has more than 4 GB, which is not supported; save the weights with model.save_weights("….weights.h5")',
  );
}

function createZipError(reason: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the file is no whole ZIP archive: ${reason}; save the model again`,
    cause === undefined ? undefined : { cause },
  );
}
