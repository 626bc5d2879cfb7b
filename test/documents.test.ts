// In a separate process because TypeScript fills a heap that would slow down the files after it.
// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePrograms } from './programs/bundle-programs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
/** In the workspace member `docs`, so that packages resolve as they do for a user. */
const blocksFolder = join(root, 'docs', '.blocks');
const bundlesFolder = mkdtempSync(join(tmpdir(), 'keepfit-docs-'));

/**
 * Loaded first because it registers gradients. fit's own table needs a bundler; other tests cover it in the
 * packed packages.
 */
const layers = '@tensorflow/tfjs-layers';

interface Document {
  readonly name: string;
  /** Of its blocks, one each. */
  readonly files: readonly string[];
  /** Imports the blocks one after the other. */
  readonly program: string;
}

const documents = findDocuments();

beforeAll(async () => {
  rmSync(blocksFolder, { recursive: true, force: true });
  for (const document of documents) writeBlocks(document);
  await bundlePrograms(
    Object.fromEntries(documents.map(({ name, program }) => [name, program])),
    bundlesFolder,
  );
});

afterAll(() => {
  for (const folder of [blocksFolder, bundlesFolder]) rmSync(folder, { recursive: true, force: true });
});

test('there are documents with code', () => expect(documents.map(({ name }) => name)).toContain('README.md'));

test('every TypeScript block of the documents has no type error', () => {
  const options: ts.CompilerOptions = {
    ...{
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
    },
    ...{
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      customConditions: ['keepfit:source'],
      types: ['node'],
    },
    ...{
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  };
  const program = ts.createProgram(
    documents.flatMap(({ files }) => [...files]),
    options,
  );
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  expect(problems).toEqual([]);
});

test.concurrent.each(documents)('every TypeScript block of $name runs', async ({ name }) => {
  // The blocks write to a separate folder.
  const cwd = mkdtempSync(join(tmpdir(), 'keepfit-docs-'));
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [join(bundlesFolder, `${name}.mjs`)], {
      cwd,
    });
    expect(stderr).toBe('');
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});

function findDocuments(): Document[] {
  const docs = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
  const names = [
    'README.md',
    ...docs.map((file) => `docs/${file}`),
    ...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/README.md`),
  ];
  return names
    .map((name) => {
      const folder = join(blocksFolder, name.replaceAll(/[/.]/g, '-'));
      const files = readBlocks(name).map((_, index) => join(folder, `block-${index + 1}.ts`));
      return { name, files, program: join(folder, 'main.ts') };
    })
    .filter(({ files }) => files.length > 0);
}

function readBlocks(name: string): string[] {
  const text = readFileSync(join(root, name), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

function writeBlocks({ name, files, program }: Document): void {
  mkdirSync(join(program, '..'), { recursive: true });
  readBlocks(name).forEach((code, index) => writeFileSync(files[index] ?? '', code));
  writeFileSync(
    program,
    [layers, ...files].map((file) => `await import(${JSON.stringify(file)});\n`).join(''),
  );
}
