import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file, gone after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keepfit-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a copy of a file in which one bit is another, at a place from its begin, or from its end where negative. */
export function flipBit(from: string, to: string, place: number): void {
  const bytes = readFileSync(from);
  const index = place < 0 ? bytes.length + place : place;
  bytes[index]! ^= 1;
  writeFileSync(to, bytes);
}
