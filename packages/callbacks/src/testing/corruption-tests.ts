import { BackupAndRestore } from '../backup/backup-and-restore.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createContent } from './contents.js';
import { type DamagedCopy, encodeSmallCheckpoint, cutAtBoundaries, flipBits } from './damage.js';
import type { StoreKit, StoreUnderTest } from './subjects.js';

const SEED = 1;
const [FIRST, SECOND] = ['backup', 'backup.2'];
const [OLDER, NEWER] = [1, 2];
const CORRUPT = 'KEEPFIT_CHECKPOINT_CORRUPT';

/**
 * A store returns damaged bytes unchanged. The damage is then found and reported, and the previous checkpoint
 * used if there is one.
 */
export function testCorruption(kit: StoreKit): void {
  testDamage(kit);
  testPrevious(kit);
}

function testDamage(kit: StoreKit): void {
  kit.test('corruption: an undamaged checkpoint is read', async (subject) => {
    await subject.store.set(FIRST, createContent(await encodeSmallCheckpoint(NEWER)));
    await assertStep(await openReader(subject), NEWER, 'of an undamaged checkpoint');
  });
  kit.test('corruption: a flipped bit is found, whichever of a sample it is', async (subject) => {
    await assertAllFound(subject, flipBits(await encodeSmallCheckpoint(NEWER), 32, SEED));
  });
  kit.test('corruption: a cut is found, at every boundary and one byte beside it', async (subject) => {
    await assertAllFound(subject, cutAtBoundaries(await encodeSmallCheckpoint(NEWER)));
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
        const reader = await openReader(subject);
        await subject.store.set(goodKey, createContent(await encodeSmallCheckpoint(OLDER)));
        for (const { what, bytes } of await sampleDamage()) {
          await subject.store.set(damagedKey, createContent(bytes));
          const warnings = await collectWarnings(() =>
            assertStep(reader, OLDER, `when the newest is ${what}`),
          );
          const isSaid = warnings.some((warning) => warning.includes(`"${damagedKey}": `));
          assertThat(isSaid, `a warning must name "${damagedKey}", which is ${what}`);
        }
      },
    );
  }
  kit.test('corruption: two damaged checkpoints are an error, never a new start', async (subject) => {
    const reader = await openReader(subject);
    for (const { what, bytes } of await sampleDamage()) {
      for (const key of [FIRST, SECOND]) await subject.store.set(key, createContent(bytes));
      await assertRejects(peek(reader), `reading two checkpoints that are ${what}`, CORRUPT);
    }
  });
}

async function assertAllFound(subject: StoreUnderTest, damaged: readonly DamagedCopy[]): Promise<void> {
  const reader = await openReader(subject);
  for (const { what, bytes } of damaged) {
    await subject.store.set(FIRST, createContent(bytes, 100));
    await assertStored(reader, FIRST, bytes, `for a checkpoint ${what}`);
    await assertRejects(peek(reader), `reading a checkpoint ${what}`, CORRUPT);
  }
}

/** A few copies of each kind, including the shortest and the one that is too long. */
async function sampleDamage(): Promise<DamagedCopy[]> {
  const newest = await encodeSmallCheckpoint(NEWER);
  const cuts = cutAtBoundaries(newest);
  return [...flipBits(newest, 4, SEED + 1), ...cuts.slice(0, 2), ...cuts.slice(-2)];
}

/** Opens the store as another process would, if it can be reopened. */
async function openReader({ store, reopen }: StoreUnderTest): Promise<CheckpointStore> {
  return (await reopen?.()) ?? store;
}

async function assertStep(store: CheckpointStore, expected: number, when: string): Promise<void> {
  const step = (await peek(store))?.step;
  assertThat(step === expected, `the backup must be at step ${expected} ${when}, but is at ${String(step)}`);
}

function peek(store: CheckpointStore): ReturnType<BackupAndRestore['peek']> {
  return new BackupAndRestore(store, { doubleCheckpoint: true }).peek();
}

const OWN = 'keepfit: the checkpoint ';

/**
 * Runs an action and returns its warnings about checkpoints, which it hides from the console; others pass.
 */
export async function collectWarnings(action: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    const [first] = said;
    if (typeof first === 'string' && first.startsWith(OWN)) warnings.push(first);
    else warn.apply(console, said);
  };
  try {
    await action();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
