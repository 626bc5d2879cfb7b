import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { createFolder } from './helpers/folder.js';
import { keepfit, type Ran } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const main = programFile('packages/keepfit/src/main.ts');
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

beforeAll(async () => {
  await train(join(folder, 'runs/digits/backup'));
  await train(join(folder, 'runs/second/backup'));
});

/** Runs the command in a separate process, in the folder of the tests. */
function start(...args: string[]) {
  return spawn(process.execPath, [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function command(...args: string[]): Promise<Ran> {
  const child = start(...args);
  const [[status], out, err] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, out, err };
}

test('every command of the README runs', async () => {
  const [block = ''] = /(?<=```sh\n)npx keepfit [^]*?(?=```)/.exec(readme) ?? [];
  const lines = block
    .trim()
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(' ').slice(2));
  expect(lines.map(([name]) => name)).toEqual(['inspect', 'verify', 'diff', 'copy', 'export']);
  for (const args of lines)
    expect(await command(...args)).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/./) });
});

test('its version is that of its package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await command('--version')).toEqual({ status: 0, out: `${version}\n`, err: '' });
});

test('help is no error, and names every command', async () => {
  const { status, out, err } = await keepfit('--help');
  expect([status, err]).toEqual([0, '']);
  for (const name of ['inspect', 'verify', 'diff', 'copy', 'export', 'import'])
    expect(out).toContain(`  ${name} `);
  expect((await keepfit('diff', '--help')).out).toContain('Usage: keepfit diff [options] <a> <b>');
});

test.each([
  [['inspct', 'x'], /unknown command 'inspct'.*inspect/],
  [['inspect'], /missing required argument 'place'/],
  [['inspect', 'a', 'b', 'c'], /too many arguments/],
  [['diff', 'a', 'b', '--jsn'], /unknown option '--jsn'.*--json/],
])('misuse (%j) is one line on standard error, with status 2', async (args, message) => {
  const { status, out, err } = await keepfit(...args);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).toMatch(/^keepfit: [^\n]+\n$/);
});

test('without arguments it shows its help on standard error, with status 2', async () => {
  const { status, out, err } = await keepfit();
  expect([status, out]).toEqual([2, '']);
  expect(err).toContain('Usage: keepfit');
});

test('the process ends with the status of the command', async () => {
  expect((await command('verify', main)).status).toBe(1);
  expect(await command('verify', 'nowhere')).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^keepfit: KEEPFIT_STORE_FAILED: /),
  });
});

test('a reader that goes away early is no error', async () => {
  const child = start('inspect', 'runs/digits/backup');
  child.stdout.destroy();
  const [[status], err] = await Promise.all([once(child, 'exit') as Promise<[number]>, text(child.stderr)]);
  expect([status, err]).toEqual([0, '']);
});
