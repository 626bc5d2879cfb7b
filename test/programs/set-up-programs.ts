import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundlePrograms } from './bundle-programs.js';
import { programs } from './programs.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the bundled programs. */
    programsFolder: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the programs that tests start as separate processes, once for all of them. */
export default async function setUpPrograms(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-programs-'));
  const entries = programs.map((source) => [source.replace(/\.ts$/, ''), join(root, source)]);
  await bundlePrograms(Object.fromEntries(entries) as Record<string, string>, folder);
  // The command reads its version there.
  await copyFile(join(root, 'packages/keepfit/package.json'), join(folder, 'packages/keepfit/package.json'));
  project.provide('programsFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}
