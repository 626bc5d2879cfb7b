import { assertThat } from './assertions.js';
import { fakeTime } from './clock.js';
import { createBytes, createContent } from './contents.js';
import { openOther, type StoreKit } from './subjects.js';

const LENGTH = 70_000;

/** Any two contents that were ever stored under one key have different versions. */
export function testVersions(kit: StoreKit): void {
  kit.test('versions: contents that differ little have different versions', async ({ store }) => {
    const length = Math.min(LENGTH, kit.supports.maxBytes ?? LENGTH);
    const versions = new Set<string>();
    const contents = createSimilarContents(length);
    for (const bytes of contents) versions.add(await store.set('backup', createContent(bytes)));
    assertThat(
      versions.size === contents.length,
      `${contents.length} contents of one length must have as many versions, but have ${versions.size}: a version must not come from a part of the bytes or from a weak checksum`,
    );
  });
  kit.test('versions: contents stored while the clock stands have different versions', async (subject) => {
    const other = await openOther(subject);
    const time = fakeTime();
    try {
      time.freeze();
      const versions: string[] = [];
      for (let round = 0; round < 6; round++) {
        const store = round % 2 === 0 ? subject.store : other;
        versions.push(await store.set('backup', createContent(createBytes(100, round))));
      }
      assertAllDiffer(versions, 'at one time of the clock');
    } finally {
      time.restore();
    }
  });
  kit.test('versions: contents stored at once have different versions', async (subject) => {
    const other = await openOther(subject);
    const sets = Array.from({ length: 8 }, (_, round) =>
      (round % 2 === 0 ? subject.store : other).set('backup', createContent(createBytes(100, round))),
    );
    assertAllDiffer(await Promise.all(sets), 'that are stored at once');
  });
  kit.test('versions: none comes again after a delete, or when opened anew', async (subject) => {
    const versions: string[] = [];
    for (let round = 0; round < 8; round++) {
      const store = round % 4 === 0 ? subject.store : await openOther(subject);
      versions.push(await store.set('backup', createContent(createBytes(100, round))));
      if (round % 2 === 1) await store.delete('backup');
    }
    assertAllDiffer(versions, 'stored by one store and by others that open the same data');
  });
}

function assertAllDiffer(versions: readonly string[], which: string): void {
  const { size } = new Set(versions);
  assertThat(
    size === versions.length,
    `${versions.length} contents ${which} must have as many versions, but have ${size}`,
  );
}

/** Contents of one length that differ in few bytes, some with the same sums, CRC-32 and Adler-32. */
function createSimilarContents(length: number): Uint8Array[] {
  const base = createBytes(length, 1);
  const positions = [0, 1, 63, 64, 300, 1024, 4095, 4096, 65_536].flatMap((at) => [at, length - 1 - at]);
  const middle = length >>> 1;
  const changes: [at: number, change: (bytes: Uint8Array, at: number) => void][] = [
    ...new Set([...positions, middle].filter((at) => at >= 0 && at < length)),
  ].map((at) => [at, (bytes) => void (bytes[at] = (bytes[at] ?? 0) + 1)]);
  changes.push([middle, swapTwo], [100, addPolynomial], [101, addPolynomial]);
  // The sums of these three, and the sums of their partial sums, are equal.
  for (const three of [
    [100, 102, 100],
    [101, 100, 101],
  ])
    changes.push([middle, (bytes) => bytes.set(three, middle)]);
  return [
    base,
    ...changes.map(([at, change]) => {
      const bytes = base.slice();
      change(bytes, at);
      return bytes;
    }),
  ];
}

function swapTwo(bytes: Uint8Array, at: number): void {
  bytes.set(bytes.slice(at, at + 2).reverse(), at);
}

/** Adds the polynomial of CRC-32, lowest bit first: the CRC stays. */
function addPolynomial(bytes: Uint8Array, at: number): void {
  for (const [index, bits] of [0x41, 0x06, 0x71, 0xdb, 0x01].entries())
    bytes[at + index] = (bytes[at + index] ?? 0) ^ bits;
}
