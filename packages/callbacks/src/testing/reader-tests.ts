import type { CheckpointStore, StoredCheckpoint } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { createBytes, createChunkedContent, createContent } from './contents.js';
import {
  actBetweenSteps,
  awaitLater,
  countRounds,
  type StepCounts,
  waitForTurn,
  waitMicrotasks,
} from './steps.js';
import { openOther, type StoreKit, type StoreUnderTest } from './subjects.js';

/** More than a row of 4 KiB, of 64 KiB and of 1 MiB, with the instants at which readers begin. */
const RACES: [length: number, rounds: number, steps: StepCounts][] = [
  [9000, 8, { microtasks: 24, turns: 8 }],
  [70_000, 8, { microtasks: 24, turns: 8 }],
  [2_300_000, 3, { microtasks: 12, turns: 2 }],
];

/** Whoever reads while others write gets the whole bytes of one set, with its version. */
export function testReaders(kit: StoreKit): void {
  testHalfDone(kit);
  testVisibility(kit);
  for (const [length, rounds, steps] of RACES) {
    if (length > (kit.supports.maxBytes ?? Infinity)) continue;
    kit.test(`replace: readers beside sets of ${length} bytes never see a mixture`, (subject) =>
      raceReaders(subject, length, rounds, steps),
    );
  }
  testDeletesBesideReaders(kit);
  testWriters(kit);
}

function testHalfDone(kit: StoreKit): void {
  kit.test('replace: a set half done is not seen', async (subject) => {
    const { store } = subject;
    const reader = await openOther(subject);
    const [old, next] = [createBytes(5000, 1), createBytes(4000, 2)];
    const version = await store.set('backup', createContent(old));
    const seen = async (): Promise<void> => {
      const found = await assertStored(reader, 'backup', old, 'while another set runs');
      assertThat(found.version === version, 'the version must not change while another set runs');
    };
    const chunks = [0, 1000, 2000, 3000].map((start) => next.subarray(start, start + 1000));
    await store.set('backup', createChunkedContent(next.length, chunks, seen));
    await assertStored(reader, 'backup', next, 'after set');
  });
  kit.test('replace: a reader in a loop never sees a mixture', async (subject) => {
    const { store } = subject;
    const reader = await openOther(subject);
    const log = new RoundLog();
    await log.write(store, 1000, 0);
    let writing = true;
    const write = async (): Promise<void> => {
      for (const round of countRounds(25, 10)) await log.write(store, 1000 + 317 * (round % 7), round + 1);
    };
    const writer = write().finally(() => (writing = false));
    const reading = (async () => {
      while (writing) {
        log.note(await reader.get('backup'));
        await waitForTurn();
      }
    })();
    await Promise.all([writer, reading]);
    log.note(await reader.get('backup'));
    log.assertWhole();
  });
}

function testVisibility(kit: StoreKit): void {
  kit.test('replace: a reader sees at once what another has stored or deleted', async (subject) => {
    const { store } = subject;
    const reader = await openOther(subject);
    for (let round = 0; round < 4; round++) {
      const bytes = createBytes(100 + round, round);
      const version = await store.set('backup', createContent(bytes));
      // Both begin at once, because a set that is not yet done may end while the first of two calls runs.
      const [found, keys] = await Promise.all([
        assertStored(reader, 'backup', bytes, 'after a set by another'),
        reader.keys(),
      ]);
      assertThat(found.version === version, 'get must give the version of the set by another');
      assertThat(keys.join() === 'backup', 'keys must list what another has stored');
      if (round % 2 === 0) continue;
      await store.delete('backup');
      const [rest, left] = await Promise.all([reader.get('backup'), reader.keys()]);
      assertThat(rest === undefined, 'get must not give what another has deleted');
      assertThat(left.length === 0, 'keys must not list what another has deleted');
    }
  });
}

function testDeletesBesideReaders(kit: StoreKit): void {
  kit.test('replace: readers beside deletes see the whole bytes, or none', async (subject) => {
    const { store } = subject;
    const reader = await openOther(subject);
    const length = Math.min(70_000, kit.supports.maxBytes ?? Infinity);
    const log = new RoundLog();
    for (const round of countRounds(6, 2)) {
      await log.write(store, length, round);
      const reads: Promise<void>[] = [];
      const read = (from: CheckpointStore): void =>
        void reads.push(awaitLater(from.get('backup').then((found) => found && log.note(found))));
      read(reader);
      await waitMicrotasks(round * 2);
      const deleting = store.delete('backup');
      await actBetweenSteps(deleting, { microtasks: 12, turns: 4 }, () =>
        read(reads.length % 2 ? store : reader),
      );
      await Promise.all([deleting, ...reads]);
      assertThat((await reader.get('backup')) === undefined, 'get must give undefined after a delete');
    }
    log.assertWhole();
  });
}

function testWriters(kit: StoreKit): void {
  kit.test(
    'replace: of several sets at once one whole content remains, with its version',
    async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      const length = Math.min(70_000, kit.supports.maxBytes ?? Infinity);
      for (let round = 0; round < 4; round++) {
        const log = new RoundLog();
        const first = awaitLater(log.write(store, length, 1, 4000));
        await waitMicrotasks(round * 3);
        await Promise.all([first, log.write(other, length, 2, 1000), log.write(store, length - 1, 3)]);
        log.note(await other.get('backup'));
        log.assertWhole();
      }
    },
  );
}

/**
 * Starts reads at many instants of a set, and sets at many instants of a read. Between two instants lies only
 * a microtask, because a reader that joins rows may wait no longer between them.
 */
async function raceReaders(
  subject: StoreUnderTest,
  length: number,
  rounds: number,
  steps: StepCounts,
): Promise<void> {
  const { store } = subject;
  const other = await openOther(subject);
  const log = new RoundLog();
  await log.write(store, length, 0);
  for (const index of countRounds(rounds, 2)) {
    const round = index + 1;
    const reads: Promise<void>[] = [];
    const read = (): void => {
      const reader = reads.length % 2 === 0 ? other : store;
      reads.push(awaitLater(reader.get('backup').then((found) => log.note(found))));
    };
    read();
    await waitMicrotasks(round);
    const setting = log.write(
      store,
      round % 3 === 0 ? length + 1 - round : length,
      round,
      length >>> (round % 3),
    );
    await actBetweenSteps(setting, steps, read);
    await Promise.all([setting, ...reads]);
  }
  log.assertWhole();
}

/** Remembers what sets gave and gets found. All bytes of a round are its number, so that a mixture shows. */
class RoundLog {
  readonly #lengths = new Map<number, number>();
  readonly #versions = new Map<number, string>();
  readonly #found: { readonly round: number; readonly version: string }[] = [];

  async write(store: CheckpointStore, length: number, round: number, chunkLength = length): Promise<void> {
    this.#lengths.set(round, length);
    const content = createContent(new Uint8Array(length).fill(round), chunkLength);
    this.#versions.set(round, await store.set('backup', content));
  }

  note(found: StoredCheckpoint | undefined): void {
    assertThat(
      found !== undefined,
      'get must give bytes at every instant of a replacement, but gave undefined',
    );
    const { bytes, version } = found;
    const round = bytes[0] ?? -1;
    assertThat(
      bytes.length === this.#lengths.get(round) && isFilled(bytes, round),
      'get must give the whole bytes of one set, but gave a part or a mixture',
    );
    this.#found.push({ round, version });
  }

  /** Call it when all sets have resolved, because only then their versions are known. */
  assertWhole(): void {
    for (const { round, version } of this.#found) {
      assertThat(
        this.#versions.get(round) === version,
        'get must give bytes and version of the same set, but gave those of two',
      );
    }
  }
}

/** Compares one byte in 64, because a row is longer, and the last. */
function isFilled(bytes: Uint8Array, value: number): boolean {
  for (let index = 0; index < bytes.length; index += 64) if (bytes[index] !== value) return false;
  return bytes.at(-1) === value;
}
