import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inChromium } from './in-chromium.mjs';

/** The file that a CDN serves for the name of a package. */
const files = {
  '@tensorflow/tfjs@4.22.0': 'dist/tf.min.js',
  keepfit: 'dist/keepfit.script.js',
};
const cdn = 'https://cdn.jsdelivr.net/npm/';
const timeout = 60_000;

/**
 * Opens the page of examples/script, closes it in the middle and opens it again: it must end with the weights of a
 * page that was never closed, and so must the page as a module. The CDN is played by the files of the packages, so
 * the page names the addresses that users copy.
 *
 * @param project the folder of a project with all packages installed
 */
export async function checkScriptPage(root, project) {
  const manifest = JSON.parse(readFileSync(join(project, 'node_modules/keepfit/package.json'), 'utf8'));
  for (const field of ['jsdelivr', 'unpkg']) assert.equal(manifest[field], `./${files.keepfit}`);
  const site = join(project, 'script-site');
  mkdirSync(site);
  cpSync(join(root, 'examples/script/index.html'), join(site, 'index.html'));
  const module = readFileSync(join(site, 'index.html'), 'utf8')
    .replace('<script src="https://cdn.jsdelivr.net/npm/keepfit"></script>', '')
    .replace('<script>', '<script type="module">')
    .replace('} = keepfit;', `} from '${cdn}keepfit/dist/keepfit.module.js';`)
    .replace('const { BackupAndRestore', 'import { BackupAndRestore');
  assert.match(module, /import \{ BackupAndRestore[^}]*\} from/);
  writeFileSync(join(site, 'module.html'), module);
  await inChromium(site, async (context, origin) => {
    await context.route(`${cdn}**`, (route) => {
      const asked = route.request().url().slice(cdn.length);
      const path = join(project, 'node_modules', withFile(asked));
      return route.fulfill({ path, headers: { 'access-control-allow-origin': '*' } });
    });
    const open = async (address, words) => {
      const page = await context.newPage();
      await page.goto(`${origin}${address}`);
      const line = page.locator('#line', { hasText: words });
      await line.waitFor({ timeout }).catch(async (cause) => {
        throw new Error(`the page says: ${await page.textContent('#line')}`, { cause });
      });
      const text = await line.textContent();
      await page.close();
      return text;
    };
    await open('/', /Epoch \d/);
    const resumed = await open('/', 'Trained');
    assert.match(resumed, /continued in epoch/);
    const weight = (text) => /the first weight is .*/.exec(text)?.[0];
    const whole = await open('/module.html', 'Trained');
    assert.doesNotMatch(whole, /continued in epoch/);
    assert.equal(weight(resumed), weight(whole));
  });
}

function withFile(asked) {
  const found = files[asked];
  const path = found === undefined ? asked : `${asked}/${found}`;
  return path.replace(/@4\.22\.0/, '');
}
