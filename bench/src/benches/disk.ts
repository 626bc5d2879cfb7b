import { randomFillSync } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import { Writer } from 'steno';
import writeFileAtomic from 'write-file-atomic';
import type { Bench } from '../bench.js';
import { createHeader } from '../measure/with-capture.js';
import { time } from '../measure/compare.js';
import { timeDd } from '../measure/yardsticks.js';
import { getQuartiles } from '../measure/quartiles.js';

const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Compares a backup to disk, without training, with `dd conv=fsync` of the same number of random bytes and
 * with other writers.
 */
export const disk: Bench = async ({ row, folder, quick }) => {
  for (const [megabytes, rounds] of quick
    ? [[38, 3] as const]
    : ([
        [38, 9],
        [150, 7],
        [1000, 3],
      ] as const)) {
    const bytes = randomFillSync(new Uint8Array(megabytes * 1e6));
    const source = join(MEMORY, `keepfit-bench-${process.pid}.bin`);
    writeFileSync(source, bytes);
    const store = fsStore(join(folder, 'disk'));
    const lock = await store.lock?.('backup');
    const entries = splitBytes(bytes, 36);
    const times: Record<'ours' | 'dd' | 'write-file-atomic' | 'steno', number[]> = {
      ours: [],
      dd: [],
      'write-file-atomic': [],
      steno: [],
    };
    try {
      const writers: [name: keyof typeof times, write: () => Promise<number>][] = [
        [
          'ours',
          () => time(() => store.set('backup', encodeCheckpoint({ entries, state: {} }, createHeader()))),
        ],
        ['dd', async () => timeDd(source, folder) ?? NaN],
        [
          'write-file-atomic',
          () => time(() => writeFileAtomic(join(folder, 'atomic.bin'), Buffer.from(bytes.buffer))),
        ],
        // It takes everything that writeFile takes, though its types allow only text.
        ['steno', () => time(() => new Writer(join(folder, 'steno.bin')).write(bytes as unknown as string))],
      ];
      for (let round = -1; round < rounds; round++) {
        for (const [name, write] of writers) {
          const milliseconds = await write();
          if (round >= 0) times[name].push(milliseconds);
        }
        // Rotates the writers because one that runs after memory was freed gets its page cache sooner.
        writers.push(...writers.splice(0, 1));
      }
    } finally {
      rmSync(source);
      await lock?.release();
    }
    const ratios = getQuartiles(times.ours.map((own, round) => own / (times.dd[round] ?? NaN)));
    row({
      name: `backup of ${megabytes} MB to disk ÷ dd conv=fsync`,
      unit: '×',
      value: ratios.median,
      spread: [ratios.low, ratios.high],
      runs: rounds,
      facts: Object.fromEntries(
        Object.entries(times).map(([name, list]) => [`${name}, ms`, getQuartiles(list).median]),
      ),
    });
  }
};

function splitBytes(
  bytes: Uint8Array,
  count: number,
): { name: string; dtype: 'uint8'; shape: number[]; read(): Promise<Uint8Array> }[] {
  const length = Math.ceil(bytes.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = bytes.subarray(index * length, (index + 1) * length);
    return { name: `tensor/${index}`, dtype: 'uint8', shape: [part.length], read: async () => part };
  });
}
