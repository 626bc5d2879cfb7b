import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createThreadText } from '../../scripts/build-thread.mjs';

test('the committed program of the thread is that of the sources; `npm run build:thread` makes it', async () => {
  const committed = readFileSync(new URL('../../src/thread/thread-text.ts', import.meta.url), 'utf8');
  expect(await createThreadText()).toBe(committed);
});
