import { expect, test, vi } from 'vitest';
import { BackupAndRestore } from '../../src/backup/backup-and-restore.js';
import { decodeCheckpoint } from '../../src/format/decode-checkpoint.js';
import { contentOf, storeConformance } from '../../src/testing/index.js';
import { smallCheckpoint } from '../../src/testing/small-checkpoint.js';
import { warningsDuring } from '../../src/testing/warnings-during.js';
import { withCuts } from '../../src/testing/with-cuts.js';
import { withFlippedBits } from '../../src/testing/with-flipped-bits.js';
import { mendingStore, type MendDefect } from './mending-store.js';

const checkpoint = await smallCheckpoint(2);

/** Runs the group corruption; gives the names of its tests, and the messages of those that failed. */
async function runCorruption(defect?: MendDefect): Promise<{ names: string[]; failed: Map<string, string> }> {
  const tests: [string, () => Promise<void>][] = [];
  const make = () => mendingStore(isWhole, checkpoint.length, defect);
  storeConformance({ test: (name, run) => tests.push([name, run]), make, supports: make().supports });
  const corruption = tests.filter(([name]) => name.startsWith('corruption: '));
  const failed = new Map<string, string>();
  for (const [name, run] of corruption)
    await run().catch((error: unknown) => failed.set(name, (error as Error).message));
  return { names: corruption.map(([name]) => name), failed };
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    return decodeCheckpoint(bytes) !== undefined;
  } catch {
    return false;
  }
}

test('a store that gives bytes as they are passes', async () => {
  const { names, failed } = await runCorruption();
  expect([...failed]).toEqual([]);
  expect(names).toHaveLength(6);
});

test.each<[MendDefect, RegExp, RegExp]>([
  ['cuts what it takes for too much', /a cut is found/, /get must give \d+ bytes for a checkpoint cut/],
  ['fills up what it takes for cut', /a cut is found/, /get must give \d+ bytes for a checkpoint cut/],
  [
    'gives the last good copy instead',
    /two damaged|"backup" is the newest/,
    /must name "backup"|must reject/,
  ],
  [
    'takes a short checkpoint for an absence',
    /a cut is found/,
    /must give bytes for a checkpoint cut from \d+ bytes to \d/,
  ],
  ['takes every damaged checkpoint for an absence', /two damaged/, /must reject, but resolved/],
  ['refuses to give what it cannot read', /a flipped bit is found/, /the bytes make no sense/],
  ['gives damage of its own', /an undamaged checkpoint is read/, /KEEPFIT_CHECKPOINT_CORRUPT/],
])('a store that %s fails %s', async (defect, name, message) => {
  const { failed } = await runCorruption(defect);
  expect([...failed].some(([failing, said]) => name.test(failing) && message.test(said))).toBe(true);
});

test('the damage is real: no copy is a checkpoint, no two are the same, and the cuts lie at every boundary', () => {
  const [flipped, cut] = [withFlippedBits(checkpoint, 32, 1), withCuts(checkpoint)];
  expect(isWhole(checkpoint)).toBe(true);
  for (const { what, bytes } of [...flipped, ...cut]) expect([what, isWhole(bytes)]).toEqual([what, false]);
  expect(new Set(flipped.map(({ what }) => what)).size).toBe(32);
  const { length } = checkpoint;
  // From the end: what the tensors take. Kernel 48, bias 16, steps 4 and mask 5 bytes, the items of 4 bytes first, and 5 checksums.
  const [checksums, mask, steps, kernel, bias] = [20, 25, 29, 77, 93].map((back) => length - back);
  const beside = [checksums, mask, steps, kernel, bias].flatMap((end) => [end! - 1, end!, end! + 1]);
  expect(new Set(cut.map(({ bytes }) => bytes.length))).toEqual(
    new Set([0, 1, 7, 8, 9, ...beside, length - 1, length + 1]),
  );
});

test('the sample of bits repeats with its seed', () => {
  expect(withFlippedBits(checkpoint, 8, 1)).toEqual(withFlippedBits(checkpoint, 8, 1));
  expect(withFlippedBits(checkpoint, 8, 1)).not.toEqual(withFlippedBits(checkpoint, 8, 2));
});

test('a warning of something else goes through while warnings are looked at', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const store = mendingStore(isWhole, checkpoint.length);
  await store.set('backup', contentOf(checkpoint));
  await store.set('backup.2', contentOf(Uint8Array.of(1)));
  const warnings = await warningsDuring(async () => {
    console.warn('of something else');
    await new BackupAndRestore(store).peek();
  });
  expect(warnings).toEqual([expect.stringContaining('"backup.2"')]);
  expect(warn.mock.calls).toEqual([['of something else']]);
  expect(console.warn).toBe(warn);
  warn.mockRestore();
});
