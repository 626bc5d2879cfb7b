// In a process of its own: TypeScript's program fills a heap that would make the files after it slow.
// @vitest-environment node
// @vitest-environment-options {"process": "new-store"}
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);
/** A workspace with the parts that a new store needs. */
const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'keepfit-new-store-')));
const made = join(workspace, 'packages/store-cloud-bucket');

const newStore = (...args: string[]) =>
  execute(process.execPath, [join(root, 'scripts/new-store.mjs'), ...args]);

beforeAll(async () => {
  for (const file of ['package.json', 'tsup.base.ts', 'tsconfig.base.json'])
    cpSync(join(root, file), join(workspace, file));
  cpSync(join(root, 'docs/package.json'), join(workspace, 'docs/package.json'));
  cpSync(join(root, 'packages/store-memory'), join(workspace, 'packages/store-memory'), {
    recursive: true,
    filter: (path) => !/node_modules|dist/.test(path.slice(root.length)),
  });
  mkdirSync(join(workspace, 'node_modules/@keepfit'), { recursive: true });
  symlinkSync(
    join(root, 'packages/callbacks'),
    join(workspace, 'node_modules/@keepfit/callbacks'),
    'junction',
  );
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..');
  symlinkSync(realpathSync(vitest), join(workspace, 'node_modules/vitest'), 'junction');
  await newStore('cloud-bucket', workspace);
});

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test('the package of a new store has no type error', () => {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(made, folder)).map((file) => join(made, folder, file)),
  );
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, options);
  // The sources that they import are checked by `npm run typecheck`.
  const problems = files
    .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    .map(({ file, messageText }) => [file?.fileName, messageText]);
  expect(problems).toEqual([]);
  expect(files).toHaveLength(5);
});

test('it passes the kit as it is', async () => {
  writeFileSync(
    join(workspace, 'vitest.config.mjs'),
    `const conditions = ['keepfit:source', 'node'];\nexport default { resolve: { conditions }, ssr: { resolve: { conditions } } };\n`,
  );
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { stdout } = await execute(
    process.execPath,
    [vitest, 'run', '--reporter=json', 'store-cloud-bucket'],
    {
      cwd: workspace,
      env: { ...process.env, VITEST: '', VITEST_POOL_ID: '', VITEST_WORKER_ID: '' },
    },
  );
  const { success, numPassedTests } = JSON.parse(stdout) as { success: boolean; numPassedTests: number };
  expect(success).toBe(true);
  expect(numPassedTests).toBeGreaterThan(30);
});

test('its manifest is that of the other stores, with its own name and folder', () => {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const { name, description, homepage, repository, ...rest } = read(join(made, 'package.json'));
  const other = read(join(root, 'packages/store-memory/package.json'));
  expect([name, description]).toEqual([
    '@keepfit/store-cloud-bucket',
    'Keeps keepfit checkpoints in cloud bucket.',
  ]);
  expect(homepage).toMatch(/packages\/store-cloud-bucket#readme$/);
  expect(repository).toMatchObject({ directory: 'packages/store-cloud-bucket' });
  expect({ ...other, ...rest }).toEqual(other);
  expect(read(join(workspace, 'docs/package.json'))['devDependencies']).toHaveProperty(
    '@keepfit/store-cloud-bucket',
    'workspace:^',
  );
});

test('no placeholder is left, in names or in text', () => {
  const files = readdirSync(made, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files)
    expect(name + readFileSync(join(parentPath, name), 'utf8')).not.toMatch(/__\w+__|\.template/);
});

test('a name that will not do, and one that is there, are refused, and nothing is written', async () => {
  const before = readdirSync(join(workspace, 'packages'));
  for (const name of ['', 'My Store', '../evil', 'cloud-bucket']) {
    await expect(newStore(name, workspace), name).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^new-store: /),
    });
  }
  expect(readdirSync(join(workspace, 'packages'))).toEqual(before);
});
