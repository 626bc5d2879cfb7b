import { deflateRawSync } from 'node:zlib';
import { crc32 } from '@keepfit/callbacks/checkpoint';

/** A file for an archive, whose directory claims this length. */
export interface Packed {
  readonly name: string;
  readonly content: Uint8Array;
  readonly byteLength?: number;
}

/** A ZIP archive that packs its files by this method: 0 leaves them as they are, 8 compresses. */
export function zip(method: 0 | 8, ...members: readonly Packed[]): Uint8Array {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content, byteLength = content.length } of members) {
    const packed = method === 0 ? content : deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(byteLength, 18);
    fields.writeUInt16LE(name.length, 22);
    files.push(Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]));
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), fields, place, Buffer.from(name)]));
    offset += files.at(-1)!.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(entries).length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...files, ...entries, end]));
}
