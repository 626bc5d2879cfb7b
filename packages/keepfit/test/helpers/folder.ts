import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Creates a folder for the tests of one file; it is removed after them. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keepfit-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Writes a copy of a file with one bit flipped. The place counts from the beginning, or from the end if it is
 * negative.
 */
export function flipBit(from: string, to: string, place: number): void {
  const bytes = readFileSync(from);
  const index = place < 0 ? bytes.length + place : place;
  bytes[index]! ^= 1;
  writeFileSync(to, bytes);
}
