import { chromium } from 'playwright';
import { expect, test } from 'vitest';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { serveSources } from '../../store-indexeddb/test/helpers/serve-sources.js';
import { createSyncFile } from '../src/new-file.js';

// Chromium references a file's handle weakly while it opens the file. A training's garbage made it lose the
// answer, and the backup never ended.
test.skipIf(chromiumPath === undefined)(
  'a file is opened though garbage is collected meanwhile',
  async () => {
    const server = await serveSources();
    const browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox', '--js-flags=--expose-gc'],
    });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(`${server.origin}/page?store=opfs`);
      const source = `(${openWhileCollecting.toString()})(${createSyncFile.toString()})`;
      expect(await page.evaluate(inWorker, source)).toBe(20);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);

/** Runs in the page: the worker's first message. */
function inWorker(source: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

/** Runs in a worker: opens 20 files, and has garbage collected while each is being opened. */
async function openWhileCollecting(newFile: typeof createSyncFile): Promise<void> {
  const { gc } = globalThis as unknown as { gc(options: { execution: 'async' }): Promise<void> };
  const handles = (
    globalThis as unknown as {
      FileSystemFileHandle: { prototype: { createSyncAccessHandle(): Promise<unknown> } };
    }
  ).FileSystemFileHandle;
  const open = handles.prototype.createSyncAccessHandle;
  handles.prototype.createSyncAccessHandle = function () {
    const opened = open.call(this);
    // Twice because the second collection frees the objects that the first found in use.
    void gc({ execution: 'async' });
    void gc({ execution: 'async' });
    return opened;
  };
  let count = 0;
  for (; count < 20; count++) {
    const file = newFile();
    await file.open([], `file ${count}`);
    await file.close();
  }
  postMessage(count);
}
