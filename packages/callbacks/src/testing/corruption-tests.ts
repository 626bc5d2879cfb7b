import { BackupAndRestore } from '../backup/backup-and-restore.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertRejects } from './assert-rejects.js';
import { assertStored } from './assert-stored.js';
import { assertThat } from './assert-that.js';
import { contentOf } from './content-of.js';
import type { DamagedCopy } from './damaged-copy.js';
import { smallCheckpoint } from './small-checkpoint.js';
import type { StoreKit } from './store-kit.js';
import type { StoreUnderTest } from './store-under-test.js';
import { warningsDuring } from './warnings-during.js';
import { withCuts } from './with-cuts.js';
import { withFlippedBits } from './with-flipped-bits.js';

const SEED = 1;
const [FIRST, SECOND] = ['backup', 'backup.2'];
const [OLDER, NEWER] = [1, 2];
const CORRUPT = 'KEEPFIT_CHECKPOINT_CORRUPT';

/** A store gives damaged bytes as they are: then the damage is found, said, and the previous checkpoint used where there is one. */
export function testCorruption(kit: StoreKit): void {
  testDamage(kit);
  testPrevious(kit);
}

function testDamage(kit: StoreKit): void {
  kit.test('corruption: an undamaged checkpoint is read', async (subject) => {
    await subject.store.set(FIRST, contentOf(await smallCheckpoint(NEWER)));
    await assertStep(await readerOf(subject), NEWER, 'of an undamaged checkpoint');
  });
  kit.test('corruption: a flipped bit is found, whichever of a sample it is', async (subject) => {
    await assertAllFound(subject, withFlippedBits(await smallCheckpoint(NEWER), 32, SEED));
  });
  kit.test('corruption: a cut is found, at every boundary and one byte beside it', async (subject) => {
    await assertAllFound(subject, withCuts(await smallCheckpoint(NEWER)));
  });
}

function testPrevious(kit: StoreKit): void {
  for (const [damagedKey, goodKey] of [
    [FIRST, SECOND],
    [SECOND, FIRST],
  ] as const) {
    kit.test(
      `corruption: where "${damagedKey}" is the newest and damaged, the previous one is used, and that is said`,
      async (subject) => {
        const reader = await readerOf(subject);
        await subject.store.set(goodKey, contentOf(await smallCheckpoint(OLDER)));
        for (const { what, bytes } of await someDamage()) {
          await subject.store.set(damagedKey, contentOf(bytes));
          const warnings = await warningsDuring(() =>
            assertStep(reader, OLDER, `where the newest is ${what}`),
          );
          const isSaid = warnings.some((warning) => warning.includes(`"${damagedKey}": `));
          assertThat(isSaid, `a warning must name "${damagedKey}", which is ${what}`);
        }
      },
    );
  }
  kit.test('corruption: two damaged checkpoints are an error, never a new start', async (subject) => {
    const reader = await readerOf(subject);
    for (const { what, bytes } of await someDamage()) {
      for (const key of [FIRST, SECOND]) await subject.store.set(key, contentOf(bytes));
      await assertRejects(peekInto(reader), `reading two checkpoints that are ${what}`, CORRUPT);
    }
  });
}

async function assertAllFound(subject: StoreUnderTest, damaged: readonly DamagedCopy[]): Promise<void> {
  const reader = await readerOf(subject);
  for (const { what, bytes } of damaged) {
    await subject.store.set(FIRST, contentOf(bytes, 100));
    await assertStored(reader, FIRST, bytes, `for a checkpoint ${what}`);
    await assertRejects(peekInto(reader), `reading a checkpoint ${what}`, CORRUPT);
  }
}

/** A few of each kind, with the shortest and the one that is too long. */
async function someDamage(): Promise<DamagedCopy[]> {
  const newest = await smallCheckpoint(NEWER);
  const cuts = withCuts(newest);
  return [...withFlippedBits(newest, 4, SEED + 1), ...cuts.slice(0, 2), ...cuts.slice(-2)];
}

/** As another process reads, where the store can be opened anew. */
async function readerOf({ store, reopen }: StoreUnderTest): Promise<CheckpointStore> {
  return (await reopen?.()) ?? store;
}

async function assertStep(store: CheckpointStore, expected: number, when: string): Promise<void> {
  const step = (await peekInto(store))?.step;
  assertThat(step === expected, `the backup must be at step ${expected} ${when}, but is at ${String(step)}`);
}

function peekInto(store: CheckpointStore): ReturnType<BackupAndRestore['peek']> {
  return new BackupAndRestore(store, { doubleCheckpoint: true }).peek();
}
