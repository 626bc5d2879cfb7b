import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import type { CheckpointStore } from '@keepfit/callbacks/store';
import type { FileSystem } from '../../src/index.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { WRITERS } from '../helpers/thread-store.js';
import { unsteadyFs } from '../helpers/unsteady-fs.js';
import { watchedFs } from '../helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';
const [SECOND, MINUTE] = [10n ** 9n, 60n * 10n ** 9n];
/** Larger than the two ends that are always read. */
const LARGE = 300_000;

/** File systems by their resolution of time, and whether their numbers change at each look. */
const UNSTEADY: [name: string, changesNumbers: boolean, resolution: bigint][] = [
  ['FAT: other numbers at each look, 2 s', true, 2n * SECOND],
  ['sshfs: other numbers at each look, 1 s', true, SECOND],
  ['numbers that are all 0, 1 min', false, MINUTE],
  ['no numbers and no time', false, 10n ** 18n * 2n],
];
const SIZES = [
  ['small', 100],
  ['large', LARGE],
] as const;

/** Contents of one length that differ only in the byte at a position. */
function createTwins(length: number, position: number): [Uint8Array, Uint8Array] {
  const [first, second] = [new Uint8Array(length).fill(7), new Uint8Array(length).fill(7)];
  second[position] = 8;
  return [first, second];
}

const set = (store: CheckpointStore, bytes: Uint8Array, replaces?: string | null): Promise<string> =>
  store.set('backup', createContent(bytes, 70_000), replaces === undefined ? undefined : { replaces });

describe.each(WRITERS)('%s', (_how, openStore) => {
  for (const [system, changesNumbers, resolution] of UNSTEADY) {
    for (const [size, length] of SIZES) {
      test(`${system}: a ${size} version is the same from set and get, here and in another process`, async () => {
        const fs = unsteadyFs(memoryFs().fs, { changesNumbers, resolution });
        const store = openStore('/runs', fs);
        let version = await set(store, new Uint8Array(length), null);
        for (let round = 1; round < 4; round++) {
          expect((await store.get('backup'))!.version).toBe(version);
          expect((await openStore('/runs', fs).get('backup'))!.version).toBe(version);
          version = await set(store, new Uint8Array(length).fill(round), version);
        }
        version = await set(openStore('/runs', fs), new Uint8Array(length), version);
        await store.delete('backup', { replaces: version });
        expect(await store.get('backup')).toBeUndefined();
      });
    }
  }

  for (const [system, resolution] of [
    ['all times equal', 10n ** 18n * 2n],
    ['fine times', 1n],
  ] as const) {
    for (const changesNumbers of [false, true]) {
      for (const [where, position] of [
        ['first', 0],
        ['middle', LARGE / 2],
        ['last', LARGE - 1],
      ] as const) {
        // Of files with equal numbers and equal times, only the ends are compared.
        if (where === 'middle' && !changesNumbers && resolution !== 1n) continue;
        test(`${system}, ${changesNumbers ? 'other' : 'equal'} numbers: twins that differ in their ${where} byte conflict`, async () => {
          const { fs: disk, volume } = memoryFs();
          const fs = unsteadyFs(disk, { changesNumbers, resolution });
          const [mine, theirs] = createTwins(LARGE, position);
          const store = openStore('/runs', fs);
          const version = await set(store, mine);
          // Another trainer, which knows nothing of the earlier checkpoint.
          const other = openStore('/runs', fs);
          await other.delete('backup');
          const otherVersion = await set(other, theirs, null);
          // The clock of the memory's files may not have ticked in between.
          const later = volume.statSync(FINAL).mtimeMs / 1000 + 1;
          volume.utimesSync(FINAL, later, later);
          expect(otherVersion).not.toBe(version);
          const conflict = {
            code: 'KEEPFIT_STORE_CONFLICT',
            message: expect.stringContaining('another trainer'),
          };
          await expect(set(store, mine, version)).rejects.toMatchObject(conflict);
          await expect(store.delete('backup', { replaces: version })).rejects.toMatchObject(conflict);
          expect((await store.get('backup'))!.version).toBe(otherVersion);
        });
      }
    }
  }

  test('small twins conflict wherever they differ, also if their numbers and times are equal', async () => {
    for (const position of [0, 64, 1000, 16_384, 19_999]) {
      const fs = unsteadyFs(memoryFs().fs, { changesNumbers: false, resolution: 10n ** 18n * 2n });
      const [mine, theirs] = createTwins(20_000, position);
      const store = openStore('/runs', fs);
      const version = await set(store, mine);
      await set(openStore('/runs', fs), theirs);
      await expect(set(store, mine, version)).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
    }
  });

  test('a time that loses its resolution when a cache is emptied changes no version', async () => {
    for (const [, length] of SIZES) {
      let resolution = 1n;
      const fs = unsteadyFs(memoryFs().fs, { changesNumbers: true, resolution: () => resolution });
      const store = openStore('/runs', fs);
      const version = await set(store, new Uint8Array(length));
      resolution = SECOND;
      expect((await store.get('backup'))!.version).toBe(version);
      await set(store, new Uint8Array(length).fill(1), version);
    }
  });

  test('a file that was restored with its old time conflicts', async () => {
    for (const [, length] of SIZES) {
      const { fs, volume } = memoryFs();
      const store = openStore('/runs', fs);
      await set(store, new Uint8Array(length));
      const { mtime } = volume.statSync(FINAL);
      const version = await set(store, new Uint8Array(length).fill(1));
      volume.writeFileSync(FINAL, new Uint8Array(length));
      volume.utimesSync(FINAL, mtime, mtime);
      await expect(set(store, new Uint8Array(length), version)).rejects.toMatchObject({
        code: 'KEEPFIT_STORE_CONFLICT',
      });
    }
  });

  test('a large checkpoint that this store read or wrote is not read as a whole again', async () => {
    const { fs } = memoryFs();
    let reads = 0;
    const counting = watchedFs(fs, ({ name }) => {
      if (name === 'read') reads += 1;
    });
    const store = openStore('/runs', counting);
    const version = await set(store, new Uint8Array(LARGE));
    await set(store, new Uint8Array(LARGE).fill(1), version);
    expect(reads).toBe(2);
    const other = openStore('/runs', counting);
    const found = (await other.get('backup'))!;
    reads = 0;
    await set(other, new Uint8Array(LARGE), found.version);
    expect(reads).toBe(2);
  });
});

test('a file that is read while only its time changes is whole', async () => {
  const { fs } = memoryFs({ [FINAL]: 'weights' });
  let resolution = 1n;
  const settling: FileSystem = unsteadyFs(
    watchedFs(fs, ({ name }) => {
      if (name === 'read') resolution = MINUTE;
    }),
    { changesNumbers: true, resolution: () => resolution },
  );
  const [, openStore] = WRITERS[0]!;
  expect(Buffer.from((await openStore('/runs', settling).get('backup'))!.bytes).toString()).toBe('weights');
});

test('a file of the same length whose bytes change while it is read is an error', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'weights' });
  let round = 0;
  const changing = watchedFs(fs, ({ name }) => {
    if (name !== 'read') return;
    volume.writeFileSync(FINAL, `weight${++round}`);
    volume.utimesSync(FINAL, round, round);
  });
  const [, openStore] = WRITERS[0]!;
  await expect(openStore('/runs', changing).get('backup')).rejects.toThrow(
    /KEEPFIT_STORE_FAILED: .*changed while it was read/,
  );
});
