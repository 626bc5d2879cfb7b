import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { killAt } from './kill-at.mjs';
import { asCommonJs, asEsm, installable } from './readme-example.mjs';
import { run } from './run.mjs';

/** Installs the packages that the README names into an empty project. */
export async function installExample(root, tarballs, example, folder) {
  await install(folder, installable(example.installed, tarballs, root));
  for (const form of ['esm', 'cjs']) mkdirSync(join(folder, form));
  writeFileSync(join(folder, 'esm/example.mjs'), asEsm(example.code));
  writeFileSync(join(folder, 'cjs/example.cjs'), asCommonJs(example.code));
}

/**
 * Runs the example with this Node, kills it after its first epoch, inspects it with the command, and runs it
 * again to continue. As ESM or CommonJS.
 */
export async function runExample(folder, form, node) {
  const cwd = join(folder, form, node.version);
  mkdirSync(cwd);
  const example = join('..', form === 'esm' ? 'example.mjs' : 'example.cjs');
  await killAt('Epoch 1/', node.path, [example], cwd);
  const [checkpoint] = readdirSync(cwd, { recursive: true }).filter((file) => file.endsWith('.safetensors'));
  assert(checkpoint, 'the killed training left no checkpoint');
  const seen = JSON.parse(
    await run(
      node.path,
      [join(folder, 'node_modules/keepfit/dist/main.js'), 'inspect', '--json', checkpoint],
      { cwd },
    ),
  );
  assert.match(JSON.stringify(seen), /"epoch":\d/);
  const again = await run(node.path, [example], { cwd });
  assert.match(again, /Resumed at epoch \d/, 'the second run did not continue');
  const left = readdirSync(cwd, { recursive: true }).filter((file) => file.endsWith('.safetensors'));
  assert.deepEqual(left, [], 'the finished training left its checkpoint');
}
