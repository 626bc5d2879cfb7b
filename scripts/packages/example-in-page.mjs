import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inChromium } from './in-chromium.mjs';
import { install } from './install.mjs';
import { installable } from './readme-example.mjs';

const wasmFiles = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd'];

/**
 * Runs the README's example as a page of a Vite project, with checkpoints in IndexedDB. Its tab is closed
 * after an epoch; the next one continues.
 */
export async function checkPage(root, tarballs, { code, installed }, folder) {
  await install(
    folder,
    installable(
      installed.map((name) => (name === '@keepfit/store-fs' ? '@keepfit/store-indexeddb' : name)),
      tarballs,
      root,
    ),
  );
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><meta charset="utf-8"><script type="module" src="/main.ts"></script>',
  );
  writeFileSync(join(folder, 'main.ts'), `${forPages(code)}\ndocument.title = 'trained';\n`);
  const { build } = await import('vite');
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { target: 'es2022', chunkSizeWarningLimit: Infinity },
  });
  await inChromium(join(folder, 'dist'), async (context, origin) => {
    await visit(context, origin, (page, printed) => until(page, () => printed().includes('Epoch 1/')));
    const printed = await visit(context, origin, async (page) => {
      await page.waitForFunction(() => document.title === 'trained', undefined, {
        timeout: 120_000,
        polling: 100,
      });
      assert.notDeepEqual(
        await page.evaluate(() => indexedDB.databases()),
        [],
        'the checkpoints were not in IndexedDB',
      );
    });
    assert.match(printed, /Resumed at epoch \d/, 'the second page did not continue');
  });
}

/** Adapts the example to pages: they have no files, and a bundler must know the files that tfjs fetches. */
function forPages(code) {
  const stored = code
    .replace('@keepfit/store-fs', '@keepfit/store-indexeddb')
    .replace(/\bfsStore\b/g, 'indexedDBStore');
  assert.notEqual(stored, code, 'the example of README.md has no fsStore');
  if (!stored.includes('wasmBackend()')) return stored;
  const imports = wasmFiles.map(
    (file, index) => `import wasm${index} from '@tensorflow/tfjs-backend-wasm/dist/${file}.wasm?url';`,
  );
  const paths = wasmFiles.map((file, index) => `'${file}.wasm': wasm${index}`);
  return `${imports.join('\n')}\n${stored.replace('wasmBackend()', `wasmBackend({ paths: { ${paths.join(', ')} } })`)}`;
}

/** Opens the page, waits, closes it, and resolves to its output. */
async function visit(context, origin, wait) {
  const page = await context.newPage();
  let printed = '';
  page.on('console', (message) => (printed += `${message.text()}\n`));
  page.on('pageerror', (error) => (printed += `${error.stack ?? error}\n`));
  try {
    await page.goto(origin);
    await wait(page, () => printed);
    return printed;
  } catch (cause) {
    throw new Error(`the page printed:\n${printed}`, { cause });
  } finally {
    await page.close();
  }
}

/** Waits for output of the page, up to the time that a training may take. */
async function until(page, holds) {
  const end = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('it did not come so far in 2 minutes');
    await page.waitForTimeout(5);
  }
}
