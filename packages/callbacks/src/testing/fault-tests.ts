import { assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { FaultySubject, StoreKit } from './subjects.js';

const [OLD, NEW] = [createBytes(5000, 1), createBytes(4000, 2)];
/** A call with more operations is assumed to be endless. */
const MOST_OPERATIONS = 2000;

type MakeFaulty = () => FaultySubject | Promise<FaultySubject>;

interface Outcome {
  readonly didReject: boolean;
  /** The result of the call, if it resolved. */
  readonly given: Uint8Array | undefined;
  /** The stored bytes once nothing fails any more; undefined if there are none. */
  readonly found: Uint8Array | undefined;
}

/** Whatever fails below a store: whole old or whole new bytes, and an error whenever they are old. */
export function testFaults(kit: StoreKit, makeFaulty: MakeFaulty | undefined): void {
  if (makeFaulty === undefined) return kit.notClaimed('faults', 'makeFaulty is absent');
  for (const forEver of [false, true]) {
    const how = forEver ? 'for ever' : 'once';
    kit.test(
      `faults: whichever operation of a set fails ${how}, old or new is there, and an error if it is old`,
      async () => {
        await assertReplaced(makeFaulty, forEver, OLD);
      },
    );
    kit.test(
      `faults: whichever operation of a first set fails ${how}, nothing or new is there, and an error if it is nothing`,
      async () => {
        await assertReplaced(makeFaulty, forEver, undefined);
      },
    );
    kit.test(
      `faults: whichever operation of a get fails ${how}, it rejects or gives whole bytes, never an absence`,
      async () => {
        const get = async ({ store }: FaultySubject): Promise<Uint8Array | undefined> =>
          (await store.get('backup'))?.bytes;
        await forEachFault(makeFaulty, forEver, OLD, get, ({ didReject, given }) => {
          assertThat(
            didReject || given !== undefined,
            'a get of which something failed must not give undefined',
          );
          assertThat(
            didReject || isSame(given, OLD),
            'a get of which something failed must reject or give whole bytes',
          );
        });
      },
    );
    kit.test(`faults: whichever operation of keys fails ${how}, it rejects or lists all`, async () => {
      let listed: readonly string[] = [];
      const list = async ({ store }: FaultySubject): Promise<undefined> => {
        listed = await store.keys();
        return undefined;
      };
      await forEachFault(makeFaulty, forEver, OLD, list, ({ didReject }) => {
        assertThat(
          didReject || listed.join() === 'backup',
          `keys of which something failed must reject or list "backup", but gave ${JSON.stringify(listed)}`,
        );
      });
    });
    kit.test(
      `faults: whichever operation of a delete fails ${how}, the whole old or nothing is there, and an error if it is the old`,
      async () => {
        const remove = async ({ store }: FaultySubject): Promise<undefined> =>
          void (await store.delete('backup'));
        await forEachFault(makeFaulty, forEver, OLD, remove, ({ didReject, found }) => {
          assertThat(
            found === undefined || isSame(found, OLD),
            'a delete that fails must leave the whole old bytes or nothing',
          );
          assertThat(didReject || found === undefined, 'a delete that resolved must have deleted');
        });
      },
    );
  }
}

async function assertReplaced(
  makeFaulty: MakeFaulty,
  forEver: boolean,
  old: Uint8Array | undefined,
): Promise<void> {
  const set = async ({ store }: FaultySubject): Promise<undefined> =>
    void (await store.set('backup', createContent(NEW, 1000)));
  await forEachFault(makeFaulty, forEver, old, set, ({ didReject, found }) => {
    const isNew = found !== undefined && isSame(found, NEW);
    assertThat(
      isNew || isSame(found, old),
      'a set of which something failed must leave the whole old or the whole new bytes',
    );
    assertThat(didReject || isNew, 'a set that resolved must have stored the new bytes');
  });
}

/**
 * Repeats the call, each time with a later failing operation, until it has no more operations; and then once
 * more, healed.
 */
async function forEachFault(
  makeFaulty: MakeFaulty,
  forEver: boolean,
  old: Uint8Array | undefined,
  call: (subject: FaultySubject) => Promise<Uint8Array | undefined>,
  check: (outcome: Outcome) => void,
): Promise<void> {
  for (let operation = 0; ; operation++) {
    assertThat(operation < MOST_OPERATIONS, `a call must end after ${MOST_OPERATIONS} operations`);
    const subject = await makeFaulty();
    try {
      if (old !== undefined) await subject.store.set('backup', createContent(old));
      subject.failAt({ operation, forEver });
      const [outcome] = await Promise.allSettled([call(subject)]);
      const didReject = outcome.status === 'rejected';
      const given = didReject ? undefined : outcome.value;
      const { hasFailed } = subject;
      subject.failAt(undefined);
      const after = (await subject.reopen?.()) ?? subject.store;
      check({ didReject, given, found: (await after.get('backup'))?.bytes });
      await after.set('backup', createContent(NEW));
      await assertStored(after, 'backup', NEW, 'after a set that followed a failed call');
      if (!hasFailed) return;
    } finally {
      await subject.cleanup?.();
    }
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
