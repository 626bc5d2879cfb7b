// Checks the packages as a user gets them: tarballs, types, sizes and bundles, and in empty projects a
// training and the README's example, on the oldest and the newest Node and in a page. Needs a build. It runs
// every check and names each failed one at the end.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBundlers, installTools } from './packages/bundlers.mjs';
import { checkAdded, checkBundles, checkTreeShaking } from './packages/bundles.mjs';
import { checkCommand } from './packages/command.mjs';
import { checkContents } from './packages/contents.mjs';
import { checkCreatedProject } from './packages/created-project.mjs';
import { checkDoors } from './packages/doors.mjs';
import { installExample, runExample } from './packages/example-in-node.mjs';
import { checkPage } from './packages/example-in-page.mjs';
import { installNodes } from './packages/install-nodes.mjs';
import { allPackages, packAll, publicPackages } from './packages/pack.mjs';
import { readmeExample } from './packages/readme-example.mjs';
import { run } from './packages/run.mjs';
import { checkScriptPage } from './packages/script-page.mjs';
import { checkServiceWorker } from './packages/service-worker.mjs';
import { checkThreads } from './packages/threads.mjs';
import { checkTraining } from './packages/training.mjs';
import { checkTypes, installAll } from './packages/types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const temp = mkdtempSync(join(tmpdir(), 'keepfit-packed-'));
const failures = [];
const started = performance.now();

/** Resolves to the result of the test, and to undefined if it fails. */
async function check(name, test) {
  const begin = performance.now();
  try {
    const result = await test();
    console.log(`ok    ${name} (${secondsSince(begin)} s)`);
    return result;
  } catch (error) {
    failures.push(name);
    console.log(
      `FAIL  ${name} (${secondsSince(begin)} s)\n${error.stack ?? error}${error.cause ? `\n${error.cause.stack ?? error.cause}` : ''}`,
    );
    return undefined;
  }
}

function secondsSince(begin) {
  return ((performance.now() - begin) / 1000).toFixed(1);
}

/** Finds the program file of a development dependency of the workspace. */
function tool(name, file) {
  const require = createRequire(join(root, 'package.json'));
  const main = require.resolve.paths(name).map((folder) => join(folder, name, file));
  return main.find(existsSync) ?? file;
}

const tools = {
  publint: (tarball) =>
    run(process.execPath, [tool('publint', 'src/cli.js'), 'run', tarball, '--strict'], { cwd: root }),
  attw: (tarballs) =>
    run(process.execPath, [join(root, 'scripts/packages/are-types-wrong.mjs'), ...tarballs], { cwd: root }),
  sizeLimit: async () =>
    console.log(await run(process.execPath, [tool('size-limit', 'bin.js')], { cwd: root })),
  knip: () => run(process.execPath, [tool('knip', 'bin/knip.js'), '--no-progress'], { cwd: root }),
};

function checkLimits(packages) {
  const limits = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8'));
  const limited = new Set(limits.flatMap(({ path }) => path));
  const without = packages.flatMap(({ name, folder, exports }) =>
    Object.entries(exports)
      .filter(([, door]) => !limited.has(join('packages', folder, door.import?.default ?? door)))
      .filter(([entry]) => entry !== './package.json')
      .map(([entry]) => name + entry.slice(1)),
  );
  if (without.length > 0) throw new Error(`.size-limit.json has no limit for ${without.join(', ')}`);
}

async function checkTarballs(tarballs) {
  const unpublished = allPackages(root)
    .filter(({ private: isPrivate }) => isPrivate)
    .map(({ name }) => name);
  for (const { name, tarball, entries } of tarballs) {
    const isLibrary = entries.length > 0;
    await check(`${name}: only what belongs into it`, () =>
      checkContents(tarball, { root, unpublished, isLibrary }),
    );
    await check(`${name}: publint`, () => tools.publint(tarball));
  }
  const libraries = tarballs.filter(({ entries }) => entries.length > 0);
  await check('are the types wrong?', () => tools.attw(libraries.map(({ tarball }) => tarball)));
}

async function checkAllInOneProject(packed, example) {
  const tarballs = packed.filter(({ entries }) => entries.length > 0);
  const all = join(temp, 'all');
  await check('all packages install into an empty project', () => installAll(root, tarballs, example, all));
  await check('a TypeScript project compiles, with node16 and bundler resolution', () =>
    checkTypes(root, tarballs, example, all, tool('typescript', 'bin/tsc')),
  );
  await check('the doors of each package share their classes', () => checkDoors(tarballs, all));
  await check('nothing is left of a package that is not used', () => checkTreeShaking(tarballs, all));
  await check('a page pays for keepfit as for the packages that it exports', () => checkAdded(all));
  await check('each package alone is bundled by esbuild and by Vite, and the bundle loads', () =>
    checkBundles([...tarballs, { name: 'keepfit/cli', platform: 'node' }], all),
  );
  await check('the page with scripts from a CDN trains, closed and opened again', () =>
    checkScriptPage(root, all),
  );
  await check('a service worker trains, stopped in the middle', () => checkServiceWorker(root, all));
  const fromNpm = join(temp, 'tools');
  await check('bundlers, Bun and Deno from npm', () => installTools(root, tarballs, fromNpm));
  await check(
    'two workers give the bits of one thread, in Node, Bun and Deno, and in pages of Vite, webpack and esbuild',
    () => checkThreads(root, all, fromNpm),
  );
  await check('a training on WASM, killed and resumed, ends with one hash in each runtime and bundle', () =>
    checkBundlers(root, fromNpm, join(temp, 'bundled-for-node')),
  );
}

async function checkInNode(tarballs, example) {
  await check('the command runs without tfjs', () => checkCommand(root, tarballs, join(temp, 'command')));
  await check('trains, crashes and resumes in an empty project, as ESM and as CommonJS', () =>
    checkTraining(root, tarballs, join(temp, 'training')),
  );
  await check('npm create keepfit: a project whose test passes', () =>
    checkCreatedProject(root, tarballs, join(temp, 'created')),
  );
  const project = join(temp, 'example');
  await check("the README's packages install into an empty project", () =>
    installExample(root, tarballs, example, project),
  );
  for (const node of (await check('Nodes from npm', () => installNodes(join(temp, 'nodes')))) ?? []) {
    // How a CommonJS program loads the packages differs least between the newer ones.
    for (const form of node.isOldest ? ['esm', 'cjs'] : ['esm']) {
      await check(`the README's example, killed and run again, on Node ${node.version} as ${form}`, () =>
        runExample(project, form, node),
      );
    }
  }
}

async function checkInPage(tarballs, example) {
  await check("the README's example as a Vite page, closed and opened again", () =>
    checkPage(root, tarballs, example, join(temp, 'page')),
  );
}

try {
  const packages = publicPackages(root);
  const tarballs = await check('pack', () => packAll(root, packages, temp));
  if (tarballs !== undefined) {
    const example = readmeExample(root);
    // In two rows beside each other: most checks wait for one process, or for the network.
    await Promise.all([
      checkTarballs(tarballs).then(() => checkAllInOneProject(tarballs, example)),
      checkInNode(tarballs, example).then(() => checkInPage(tarballs, example)),
    ]);
  }
  await check('sizes: every door has a limit', () => checkLimits(packages));
  await check('sizes', tools.sizeLimit);
  await check('nothing is unused (knip)', tools.knip);
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
}

console.log(`${secondsSince(started)} s in all`);
if (failures.length > 0) {
  console.log(`\n${failures.length} package checks failed:\n- ${failures.join('\n- ')}`);
  process.exitCode = 1;
}
