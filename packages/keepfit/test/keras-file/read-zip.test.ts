import { expect, test } from 'vitest';
import { readZip } from '../../src/keras-file/read-zip.js';
import { zip } from '../helpers/zip.js';

const toOpenFile = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  read: async (offset: number, length: number) => bytes.slice(offset, offset + length),
});

test.each([
  ['compresses too well', zip(8, { name: 'a', content: new Uint8Array(2 ** 20) }), 'expands from 1'],
  [
    'claims to be shorter than it is',
    zip(8, { name: 'a', content: new Uint8Array(2 ** 16), byteLength: 9 }),
    'is damaged',
  ],
  [
    'claims to be longer than it is',
    zip(0, { name: 'a', content: new Uint8Array(9), byteLength: 2 ** 31 }),
    'expands from 9 to 2147483648 bytes',
  ],
])('refuses a file of an archive that %s', async (_, archive, reason) => {
  const members = await readZip(toOpenFile(archive));
  await expect(members.get('a')!.read()).rejects.toThrow(reason);
});

/** Changes a field of the only entry of the directory. */
function changeEntry(offset: number, value: number): Uint8Array {
  const archive = zip(0, { name: 'a', content: new Uint8Array(9) });
  const entry = Buffer.from(archive).indexOf('PK\x01\x02');
  new DataView(archive.buffer).setUint32(entry + offset, value, true);
  return archive;
}

test.each([
  ['is encrypted', changeEntry(8, 1), 'its file "a" is encrypted'],
  ['is packed by another method', changeEntry(10, 14), 'its file "a" is packed by method 14'],
  ['has its length in ZIP64', changeEntry(24, 0xffffffff), 'the archive has more than 4 GB'],
  ['lies beyond the end', changeEntry(42, 2 ** 31), 'its file "a" is beyond its end'],
  ['lies at another place', changeEntry(42, 1), 'its file "a" is damaged'],
])('refuses a file of an archive that %s', async (_, archive, reason) => {
  const members = await readZip(toOpenFile(archive));
  await expect(members.get('a')!.read()).rejects.toThrow(reason);
});

test('refuses two files of one name', async () => {
  const member = { name: '../a', content: new Uint8Array(9) };
  await expect(readZip(toOpenFile(zip(0, member, member)))).rejects.toThrow('it holds "../a" twice');
});
