import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** In the workspace member `docs`, so that packages resolve as they do for a user. */
const blocksFolder = join(root, 'docs', '.blocks');

/** Loaded first because it registers gradients. fit's own table needs a bundler; other tests cover it in the packed packages. */
const layers = createRequire(join(root, 'docs', 'package.json')).resolve('@tensorflow/tfjs-layers');

interface Document {
  readonly name: string;
  readonly files: readonly string[];
}

const documents = findDocuments();

beforeAll(() => {
  rmSync(blocksFolder, { recursive: true, force: true });
  for (const { files, name } of documents) writeBlocks(name, files);
});

afterAll(() => rmSync(blocksFolder, { recursive: true, force: true }));

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

test.concurrent.each(documents)('every TypeScript block of $name runs', async ({ files }) => {
  const cwd = mkdtempSync(join(tmpdir(), 'keepfit-docs-'));
  // tsx comes from the workspace. The blocks write to a separate folder.
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/esm/index.mjs')).href;
  const program = [layers, ...files]
    .map((file) => `await import(${JSON.stringify(pathToFileURL(file).href)});`)
    .join('\n');
  try {
    const args = ['--import', tsx, '--conditions=keepfit:source', '--input-type=module', '--eval', program];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd });
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
    .map((name) => ({
      name,
      files: readBlocks(name).map((_, index) =>
        join(blocksFolder, name.replaceAll(/[/.]/g, '-'), `${index + 1}.ts`),
      ),
    }))
    .filter(({ files }) => files.length > 0);
}

function readBlocks(name: string): string[] {
  const text = readFileSync(join(root, name), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

function writeBlocks(name: string, files: readonly string[]): void {
  readBlocks(name).forEach((code, index) => {
    const file = files[index] ?? '';
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, code);
  });
}
