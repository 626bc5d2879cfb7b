import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { serveBuiltPage } from '../../../../test/browser/serve-built-page.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the built page. */
    pageUrl: string;
  }
}

/** Builds the page once for all of its tests, as for a release, and serves the files. */
export default async function servePage(project: TestProject): Promise<() => Promise<void>> {
  const page = await serveBuiltPage(fileURLToPath(new URL('../../', import.meta.url)));
  project.provide('pageUrl', page.url);
  return () => page.close();
}
