import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { installable } from './readme-example.mjs';
import { run } from './run.mjs';

/**
 * Creates a project as `npm create keepfit` does, installs it with the packed packages, checks its types, and runs
 * its test, which kills the training.
 */
export async function checkCreatedProject(root, tarballs, folder) {
  mkdirSync(folder, { recursive: true });
  const { tarball } = tarballs.find(({ name }) => name === 'create-keepfit');
  await npm(['exec', '--yes', `--package=${tarball}`, '--', 'create-keepfit', 'my-training'], folder);
  const project = join(folder, 'my-training');
  const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  await npm(['install', ...installable(Object.keys(dependencies), tarballs, root)], project);
  await npm(['run', 'typecheck'], project);
  assert.match(await npm(['test'], project), /^[#ℹ] pass 1$/m);
  const [, command] = /^CMD (.*)$/m.exec(readFileSync(join(project, 'Dockerfile'), 'utf8'));
  const [, ...args] = JSON.parse(command);
  const env = { RUN_FOLDER: join(folder, 'runs'), EPOCHS: '1' };
  assert.match(await run(process.execPath, args, { cwd: project, env }), /val_loss/);
}
