// Whether every test of an earlier commit is still there: `node scripts/compare-test-names.mjs a9eb367`. It
// lists the tests of that commit, in a separate worktree, and those of `npm test` and `npm run test:long`
// here, and compares their names in each Vitest project, not their files. Ends with status 1 if a name is
// lost. Needs Chromium, or it compares the tests in Node only.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a renamed thing is called in the names of tests, as [before, after]. */
const RENAMES = [
  ['goes on by itself, its curves whole', 'continues by itself, with complete curves'],
  ['plain-kernels', 'js-kernels'],
  ["store: 'indexeddb', epochs: 25", "store: 'indexeddb', epochs: 8"],
  ["store: 'indexeddb', epochs: 12", "store: 'indexeddb', epochs: 8"],
  ["store: 'opfs', model: 'dense', epochs: 30", "store: 'opfs', model: 'dense', epochs: 12"],
  [
    "store: 'opfs', model: 'dense', digits: 96, epochs: 12",
    "store: 'opfs', model: 'dense', digits: 96, epochs: 7",
  ],
  ["model: 'dense', digits: 96, epochs: 6", "model: 'dense', digits: 96, epochs: 4"],
  ['a page gets the three packages and tfjs', 'a page gets the four packages and tfjs'],
  ['it is of a subclass of Array', 'it is an instance of a subclass of Array'],
  [
    'state.list[0] cannot be kept in a checkpoint: it holds itself',
    'state.list[0] cannot be kept in a checkpoint: it is circular',
  ],
  ['has a name that the file format keeps for itself', 'has a name that the file format reserves'],
  ['tensor "w" is of type', 'tensor "w" has type'],
  ['an error where it is', 'an error if it is'],
  ['is met where nothing is stored', 'is met when nothing is stored'],
  ['start: where it cannot', 'start: when it cannot'],
  ['callbacks/src/allowed.ts', 'callbacks/src/contract/allowed.ts'],
  ['callbacks/src/looked-up.ts', 'callbacks/src/contract/looked-up.ts'],
  ["'../keepfit-error.js'", "'../contract/keepfit-error.js'"],
  [
    "store-fs/src/contract.ts: import { thing } from '@keepfit/callbacks'",
    "store-fs/src/contract.ts: import { thing } from '@keepfit/callbacks/store'",
  ],
  [
    "store-memory/src/allowed.ts: import { thing } from '@keepfit/callbacks'",
    "store-memory/src/allowed.ts: import { thing } from '@keepfit/callbacks/store'",
  ],
  ['in cli/src/a.ts', 'in keepfit/src/cli.ts'],
  ['in cli/src/b.ts', 'in keepfit/src/commands/b.ts'],
  ['in cli/src/c.ts', 'in keepfit/src/output/c.ts'],
  ['in cli/src/allowed.ts', 'in keepfit/src/commands/allowed.ts'],
  ['in cli/src/files.ts', 'in keepfit/src/checkpoint/files.ts'],
  ['rooms of cli are', 'rooms of keepfit are'],
  ['each room of cli,', 'each room of keepfit,'],
  ['packages/cli/', 'packages/keepfit/'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const [ref, ...others] = process.argv.slice(2);
if (ref === undefined || others.length > 0) {
  console.error('Usage: node scripts/compare-test-names.mjs <commit>');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'keepfit-test-names-'));
let lost;
try {
  const before = namesAt(ref);
  const now = [...namesIn(root), ...namesIn(root, '--mode', 'long')];
  lost = without(before.map(renamed), now);
  console.log(`${before.length} tests at ${ref}, ${now.length} here, ${lost.length} lost`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const name of lost) console.log(`LOST ${name}`);
process.exitCode = lost.length === 0 ? 0 : 1;

function namesAt(commit) {
  const worktree = join(folder, 'worktree');
  run(root, 'git', 'worktree', 'add', '--detach', worktree, commit);
  try {
    run(worktree, process.execPath, 'scripts/with-pnpm.mjs', 'install', '--frozen-lockfile');
    return namesIn(worktree);
  } finally {
    run(root, 'git', 'worktree', 'remove', '--force', worktree);
  }
}

/** The project and the full name of every test, "node: conv2d > is exact". */
function namesIn(workspace, ...options) {
  const list = join(folder, 'list.json');
  const vitest = join(workspace, 'node_modules/vitest/vitest.mjs');
  run(workspace, process.execPath, vitest, 'list', `--json=${list}`, ...options);
  return JSON.parse(readFileSync(list, 'utf8')).map(
    ({ projectName, name }) => `${projectName.replace(/ \(.*\)$/, '')}: ${name}`,
  );
}

function renamed(name) {
  return RENAMES.reduce((text, [before, after]) => text.replaceAll(before, after), name);
}

/** The names that are more often in the first list than in the second, as often as they are missing there. */
function without(names, found) {
  const left = new Map();
  for (const name of found) left.set(name, (left.get(name) ?? 0) + 1);
  return names.filter((name) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return count <= 0;
  });
}

function run(cwd, program, ...args) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with status ${status}`);
}
