import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { npm } from './npm.mjs';
import { installable } from './readme-example.mjs';
import { run } from './run.mjs';

/** Runs the command and loads `keepfit/cli` in a project without tfjs, so that neither can depend on it. */
export async function checkCommand(root, tarballs, folder) {
  await install(folder, ['--omit=peer', ...installable(['keepfit'], tarballs, root)]);
  assert(
    !existsSync(join(folder, 'node_modules/@tensorflow')),
    'tfjs was installed: this would prove nothing',
  );
  const checkpoint = join(root, 'packages/layers/test/data/format-1.safetensors');
  assert.match(await npm(['exec', '--', 'keepfit', 'inspect', checkpoint], folder), /checks +passed/);
  const program = `const cli = await import('keepfit/cli');
const required = process.getBuiltinModule('node:module').createRequire(process.cwd() + '/')('keepfit/cli');
const main = await import('keepfit').then(() => 'loaded', ({ code }) => code);
console.log(typeof cli.runCommand, typeof required.runCommand, main);`;
  const printed = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  assert.equal(printed.trim(), 'function function ERR_MODULE_NOT_FOUND');
}
