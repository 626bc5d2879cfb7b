import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { createBytes, createContent, createInterruptedContent } from './contents.js';
import { assertConflict } from './fencing-tests.js';
import { awaitLater, countRounds, waitMicrotasks } from './steps.js';
import { openOther, type StoreKit } from './subjects.js';

const [FIRST, SECOND, THIRD] = [createBytes(900, 1), createBytes(900, 2), createBytes(900, 3)];

/** Of several sets with one condition, exactly one is met, whenever they begin. */
export function testFencingRaces(kit: StoreKit): void {
  if (!kit.supports.fencing) return;
  testWhileChunksCome(kit);
  testAtOnce(kit);
}

function testWhileChunksCome(kit: StoreKit): void {
  kit.test('fencing: another set while the chunks are written conflicts', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const version = await store.set('backup', createContent(FIRST));
    const interrupted = createInterruptedContent(SECOND, () =>
      other.set('backup', createContent(THIRD), { replaces: version }),
    );
    await assertConflict(store, version, interrupted);
    await assertStored(store, 'backup', THIRD, 'after another set came first');
  });
  kit.test('fencing: a first set by another while the chunks are written conflicts', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const interrupted = createInterruptedContent(SECOND, () =>
      other.set('backup', createContent(THIRD), { replaces: null }),
    );
    await assertConflict(store, null, interrupted);
    await assertStored(store, 'backup', THIRD, 'after another set came first');
  });
  kit.test('fencing: a delete while the chunks are written conflicts', async (subject) => {
    const { store } = subject;
    for (const by of [store, await openOther(subject)]) {
      const version = await store.set('backup', createContent(FIRST));
      await assertConflict(
        store,
        version,
        createInterruptedContent(SECOND, () => by.delete('backup')),
      );
      assertThat(
        (await store.get('backup')) === undefined,
        'a conflict must not bring back what was deleted',
      );
    }
  });
}

function testAtOnce(kit: StoreKit): void {
  for (const [what, hasFirst] of [
    ['sets', true],
    ['first sets', false],
  ] as const) {
    kit.test(`fencing: of two ${what} at once with one condition, one wins`, async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      for (const round of countRounds(8, 4)) {
        await store.delete('backup');
        const replaces = hasFirst ? await store.set('backup', createContent(FIRST)) : null;
        // In even rounds both sets are of one store object.
        await raceSets(store, round % 2 === 0 ? store : other, replaces, round);
      }
    });
  }
}

/** The second set begins some microtasks after the first; after none, both go the same steps together. */
async function raceSets(
  one: CheckpointStore,
  two: CheckpointStore,
  replaces: string | null,
  microtasks: number,
): Promise<void> {
  const contents = [SECOND, THIRD];
  const first = awaitLater(one.set('backup', createContent(SECOND, 100), { replaces }));
  if (microtasks > 0) await waitMicrotasks(microtasks);
  const outcomes = await Promise.allSettled([
    first,
    two.set('backup', createContent(THIRD, microtasks < 4 ? 100 : 900), { replaces }),
  ]);
  const winners = contents.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  assertThat(
    winners.length === 1,
    `one of two sets with the same condition must win, but ${winners.length} did`,
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    const { code } = outcome.reason as { code?: unknown };
    assertThat(
      code === 'KEEPFIT_STORE_CONFLICT',
      `the set that loses must reject with KEEPFIT_STORE_CONFLICT, but rejected with ${String(outcome.reason)}`,
    );
  }
  await assertStored(two, 'backup', winners[0] ?? FIRST, 'from the set that won');
}
