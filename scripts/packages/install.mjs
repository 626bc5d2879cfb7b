import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';

/** Makes an empty project in `folder` and installs into it, with npm, as a user does. */
export async function install(folder, packages) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty-project', private: true, version: '0.0.0' }),
  );
  await npm(['install', ...packages], folder);
}
