import { expect, test } from 'vitest';

const module: string = new URL('../scripts/spawn-arguments.mjs', import.meta.url).href;
const { spawnArguments } = (await import(module)) as {
  spawnArguments(command: string, args: readonly string[], platform: string): unknown;
};

test.each(['linux', 'darwin'])('on %s a command is started as it is', (platform) => {
  const started = { command: 'npx', args: ['--yes', 'a b'], shell: false };
  expect(spawnArguments('npx', ['--yes', 'a b'], platform)).toEqual(started);
});

test('on Windows npm is a file of the shell, and what a shell would split or read is quoted', () => {
  const args = ['run', 'test', '--', '-t', 'a "b" & c', String.raw`C:\Users\me\x`];
  expect(spawnArguments('npm', args, 'win32')).toEqual({
    command: 'npm.cmd',
    args: ['run', 'test', '--', '-t', '"a ""b"" & c"', String.raw`C:\Users\me\x`],
    shell: true,
  });
});

test('on Windows a program is started without a shell, whatever its folder is called', () => {
  const node = String.raw`C:\Program Files\nodejs\node.exe`;
  expect(spawnArguments(node, ['-e', '1 > 0'], 'win32')).toEqual({
    command: node,
    args: ['-e', '1 > 0'],
    shell: false,
  });
});
