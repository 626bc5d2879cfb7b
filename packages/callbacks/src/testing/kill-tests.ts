import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { createContent, createNumberedBytes, createBytes } from './contents.js';
import type { KillableSubject, StoreKit } from './subjects.js';

/** Acknowledged checkpoints before each kill. */
const BEFORE_KILLS = [1, 3, 7];

type MakeKillable = () => KillableSubject | Promise<KillableSubject>;

/**
 * Whenever a writer is killed: whole bytes, no older than acknowledged, and nothing that blocks the next
 * writer.
 */
export function testKills(kit: StoreKit, makeKillable: MakeKillable | undefined): void {
  if (makeKillable === undefined) return kit.notClaimed('kills', 'makeKillable is absent');
  kit.test(
    `kills: after each of ${BEFORE_KILLS.length} kills the bytes are whole, and no older than the last acknowledged`,
    async () => {
      await withSubject(makeKillable, async (subject) => {
        let number = -1;
        for (const count of BEFORE_KILLS) {
          const acknowledged = await subject.runAndKill(number + 1, count);
          number = await readNumber(await subject.reopen());
          assertThat(
            number >= acknowledged,
            `number ${acknowledged} was acknowledged before the kill, but number ${number} is there`,
          );
        }
      });
    },
  );
  kit.test('kills: what was killed is no key, and another can be set and read', async () => {
    await withSubject(makeKillable, async (subject) => {
      await subject.runAndKill(0, 1);
      const store = await subject.reopen();
      const keys = await store.keys();
      assertThat(
        keys.join() === 'backup',
        `keys must be "backup" after a kill, but are ${JSON.stringify(keys)}`,
      );
      if (kit.supports.locking) await assertFree(store);
      await store.set('backup', createContent(createBytes(3000, 1), 1000));
      await assertStored(
        await subject.reopen(),
        'backup',
        createBytes(3000, 1),
        'after a set that followed a kill',
      );
    });
  });
}

async function withSubject(
  makeKillable: MakeKillable,
  body: (subject: KillableSubject) => Promise<void>,
): Promise<void> {
  const subject = await makeKillable();
  try {
    await body(subject);
  } finally {
    await subject.cleanup?.();
  }
}

/** The number of the stored checkpoint, which must be whole. */
async function readNumber(store: CheckpointStore): Promise<number> {
  const found = await store.get('backup');
  assertThat(
    found !== undefined,
    'get must give bytes after a kill that followed an acknowledged set, but gave undefined',
  );
  const number = found.bytes.length - createNumberedBytes(0).length;
  assertThat(
    number >= 0,
    `get must give whole bytes after a kill, but gave ${found.bytes.length}, fewer than any set had`,
  );
  await assertStored(store, 'backup', createNumberedBytes(number), 'after a kill');
  return number;
}

async function assertFree(store: CheckpointStore): Promise<void> {
  const [outcome] = await Promise.allSettled([store.lock?.('backup')]);
  const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
  assertThat(
    outcome.status === 'fulfilled' && outcome.value !== undefined,
    `the lock of a killed process must be free: ${String(reason)}`,
  );
  await outcome.value.release();
}
