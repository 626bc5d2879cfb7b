// Checks the packages as a user gets them: what is in the tarballs, their types, their sizes, and a training in an empty project.
// Needs a build. Every check is run, and each one that fails is named at the end.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkContents } from './packages/contents.mjs';
import { packAll, publicPackages } from './packages/pack.mjs';
import { run } from './packages/run.mjs';
import { checkTraining } from './packages/training.mjs';
import { checkTypes } from './packages/types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const temp = mkdtempSync(join(tmpdir(), 'keepfit-packed-'));
const failures = [];

async function check(name, test) {
  const begin = performance.now();
  try {
    await test();
    console.log(`ok    ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n${error.stack ?? error}`);
  }
}

/** The file that a development dependency of the workspace is run with. */
function tool(name, file) {
  const require = createRequire(join(root, 'package.json'));
  const main = require.resolve.paths(name).map((folder) => join(folder, name, file));
  return main.find(existsSync) ?? file;
}

try {
  const packages = publicPackages(root);
  const tarballs = packAll(root, packages, temp);
  for (const { name, tarball } of tarballs) {
    await check(`${name}: only what belongs into it`, () => checkContents(tarball));
    await check(`${name}: publint`, () => run(process.execPath, [tool('publint', 'src/cli.js'), 'run', tarball, '--strict'], { cwd: root }));
    await check(`${name}: are the types wrong?`, () =>
      run(process.execPath, [tool('@arethetypeswrong/cli', 'dist/index.js'), tarball, '--no-emoji', '--profile=strict'], { cwd: root }),
    );
  }
  await check('sizes: every package has a limit', () => checkLimits(packages));
  await check('sizes', async () => console.log(await run(process.execPath, [tool('size-limit', 'bin.js')], { cwd: root })));
  await check('nothing is unused (knip)', () => run(process.execPath, [tool('knip', 'bin/knip.js'), '--no-progress'], { cwd: root }));
  await check('trains, crashes and resumes in an empty project, as ESM and as CommonJS', () => checkTraining(root, tarballs, join(temp, 'training')));
  await check('compiles in a TypeScript project, with node16 and bundler resolution', () =>
    checkTypes(root, tarballs, join(temp, 'types'), tool('typescript', 'bin/tsc')),
  );
} finally {
  rmSync(temp, { recursive: true, force: true });
}

function checkLimits(packages) {
  const limits = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8'));
  const without = packages.filter(({ folder }) => !limits.some(({ path }) => path.startsWith(`packages/${folder}/dist/`)));
  if (without.length > 0) throw new Error(`.size-limit.json has no limit for ${without.map(({ name }) => name).join(', ')}`);
}

if (failures.length > 0) {
  console.log(`\n${failures.length} package checks failed:\n- ${failures.join('\n- ')}`);
  process.exitCode = 1;
}
