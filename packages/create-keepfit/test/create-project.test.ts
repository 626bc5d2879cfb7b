import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProject } from '../src/create-project.js';

const template = fileURLToPath(new URL('../template', import.meta.url));
let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keepfit-create-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const listFiles = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .sort();

test('the project has all files of the template, with its name and the versions filled in', () => {
  const project = join(folder, 'deep/spiral-2');
  createProject(project, template, '1.2.3');
  expect(listFiles(project)).toEqual(
    listFiles(template)
      .map((file) => (file === 'gitignore' ? '.gitignore' : file))
      .sort(),
  );
  for (const file of listFiles(project))
    expect(readFileSync(join(project, file), 'utf8')).not.toMatch(/__\w+__/);
  const { name, dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect([name, dependencies.keepfit]).toEqual(['spiral-2', '^1.2.3']);
});

test('what the template installs, beside our packages, has the versions that our tests have', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(read('../template/package.json'));
  const { devDependencies: ours } = JSON.parse(read('../../../package.json'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toBe(name.includes('keepfit') ? '^__version__' : ours[name]);
});

test('an empty folder is filled, and one with files stays as it is', () => {
  const [empty, full] = [join(folder, 'empty'), join(folder, 'full')];
  mkdirSync(empty);
  mkdirSync(full);
  writeFileSync(join(full, 'README.md'), 'mine');
  createProject(empty, template, '1.2.3');
  expect(listFiles(empty)).toContain(join('src', 'train.ts'));
  expect(() => createProject(full, template, '1.2.3')).toThrow(`${full} has files already`);
  expect(listFiles(full)).toEqual(['README.md']);
});

test.each(['My Training', 'Ä', '.hidden', 'a b'])(
  'the name %j is refused, and nothing is written',
  (name) => {
    expect(() => createProject(join(folder, name), template, '1.2.3')).toThrow(
      'npm takes no package of the name',
    );
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a folder that is a file is refused', () => {
  writeFileSync(join(folder, 'notes'), 'mine');
  expect(() => createProject(join(folder, 'notes'), template, '1.2.3')).toThrow('is a file');
  expect(readFileSync(join(folder, 'notes'), 'utf8')).toBe('mine');
});
