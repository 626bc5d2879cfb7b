import { join } from 'node:path';
import { inject } from 'vitest';
import type { Program } from './programs.js';

/** The bundle of a program, which Node runs as it is. */
export function programFile(program: Program): string {
  return join(inject('programsFolder'), program.replace(/\.ts$/, '.mjs'));
}
