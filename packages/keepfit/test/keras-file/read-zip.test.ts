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
