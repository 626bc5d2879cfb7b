import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTENTS } from './contents.js';
import { copySparse } from './copy-sparse.js';
import { type DiskState, listDiskStates, type Piece } from './list-disk-states.js';
import type { FileSystemUnderTest } from './file-systems.js';
import type { Recording } from './record-rounds.js';
import { runProgram } from './run-program.js';
import type { Writer } from './writer.js';

/**
 * The checkpoint after a power cut: the one before the round, the one after it, neither, or one older than
 * acknowledged.
 */
type Verdict = 'old' | 'new' | 'broken' | 'lost';

export type Tally = Record<Verdict, number>;

/**
 * Puts each state on a separate disk, mounts it as after a power cut (the journal is replayed), reads it, and
 * counts the results.
 */
export async function replayStates(
  fileSystem: FileSystemUnderTest,
  writer: Writer,
  recording: Recording,
  folder: string,
  seed: number,
): Promise<Tally> {
  const tally: Tally = { old: 0, new: 0, broken: 0, lost: 0 };
  const settled = join(folder, 'settled.img');
  await copySparse(recording.image, settled);
  await mkdir(join(folder, 'after'));
  let applied = 0;
  for (const state of listDiskStates(recording.entries, seed)) {
    const missing = recording.entries.slice(applied, state.settled).filter((entry) => entry.kind === 'write');
    if (missing.length > 0) await applyPieces(settled, missing, recording.data);
    applied = state.settled;
    tally[await readVerdict(fileSystem, writer, recording, folder, state)] += 1;
  }
  return tally;
}

async function readVerdict(
  fileSystem: FileSystemUnderTest,
  writer: Writer,
  { data }: Recording,
  folder: string,
  state: DiskState,
): Promise<Verdict> {
  const [disk, mounted] = [join(folder, 'after.img'), join(folder, 'after')];
  await copySparse(join(folder, 'settled.img'), disk);
  if (state.pieces.length > 0) await applyPieces(disk, state.pieces, data);
  // btrfs remembers the last disk with this identity and refuses an older state of it.
  if (fileSystem.name === 'btrfs') await runProgram('btrfs', 'device', 'scan', '--forget');
  await runProgram('mount', '-t', fileSystem.name, '-o', 'loop', disk, mounted);
  try {
    return judge(await writer.get(join(mounted, 'runs')), state);
  } finally {
    await runProgram('umount', mounted);
    await rm(disk);
  }
}

/** After an acknowledged round, only the content of that round counts. */
function judge(found: Uint8Array | undefined, { begun, acknowledged }: DiskState): Verdict {
  const is = (round: number): boolean => isSame(found, CONTENTS[round]);
  if (is(begun)) return 'new';
  if (acknowledged < begun && is(acknowledged)) return 'old';
  return CONTENTS.some((_, round) => round < begun && is(round)) ? 'lost' : 'broken';
}

function isSame(found: Uint8Array | undefined, expected: Uint8Array | undefined): boolean {
  if (found === undefined || expected === undefined) return found === expected;
  return Buffer.compare(found, expected) === 0;
}

async function applyPieces(disk: string, pieces: readonly Piece[], data: Buffer): Promise<void> {
  const file: FileHandle = await open(disk, 'r+');
  try {
    for (const { offset, length, at } of pieces) await file.write(data, at, length, offset);
  } finally {
    await file.close();
  }
}
