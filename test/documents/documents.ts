import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePrograms } from '../programs/bundle-programs.js';
import {
  type NatsServer,
  natsServerPath,
  startNatsServer,
} from '../../packages/engine-nats/test/helpers/nats-server.js';
import { createCephBucket } from '../../packages/store-s3/test/helpers/ceph-bucket.js';
import { type S3Server, startS3Server } from '../../packages/store-s3/test/helpers/s3-server.js';
import { programFile } from '../programs/program-file.js';
import { triesAll } from '../setup/sample.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** In the workspace member `docs`, so that packages resolve as they do for a user. */
const blocksFolder = join(root, 'docs', '.blocks');

/**
 * Loaded first because it registers gradients. fit's own table needs a bundler; other tests cover it in the
 * packed packages.
 */
const layers = '@tensorflow/tfjs-layers';

/** Which tests of a kit these documents run, unless all are tried: there are hundreds, or each starts processes. */
const SAMPLES: Readonly<Record<string, string>> = {
  'docs/writing-a-store.md': '^(supports|bytes|replace|delete): ',
  'docs/writing-a-backend.md': '^(start|train|capture|resume|hygiene): |: [a-f]',
  'docs/writing-an-engine.md': 'batches of one row|all workers that die at once|left after a fit',
};

/** Milliseconds. An engine of processes starts a hundred of them, while the other documents run. */
const PATIENCE = 600_000;

export interface Document {
  readonly name: string;
  /** Of its blocks, one each. */
  readonly files: readonly string[];
  /** Imports the blocks one after the other. */
  readonly program: string;
}

/**
 * The documents whose blocks `npm test` runs; those of the others run in `npm run test:long`, which also checks the
 * types of all.
 */
export const QUICK = /^README|^packages\/keepfit\//;

/** The documents with TypeScript blocks: the READMEs, and the pages of docs/. */
export function findDocuments(): Document[] {
  const docs = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
  const names = [
    'README.md',
    ...docs.map((file) => `docs/${file}`),
    ...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/README.md`),
  ];
  return names
    .map((name) => {
      // The two runs of tests write to separate folders.
      const folder = join(blocksFolder, `${process.pid}`, name.replaceAll(/[/.]/g, '-'));
      const files = readBlocks(name).map((_, index) => join(folder, `block-${index + 1}.ts`));
      return { name, files, program: join(folder, 'main.ts') };
    })
    .filter(({ files }) => files.length > 0);
}

/** Writes the blocks of these documents before the tests of the file, and removes them after. */
export function writeDocuments(documents: readonly Document[]): void {
  beforeAll(() => documents.forEach(writeBlocks));
  afterAll(() => rmSync(join(blocksFolder, `${process.pid}`), { recursive: true, force: true }));
}

/** Registers, for each of these documents, the test that runs its blocks. Call `writeDocuments` before. */
export function testBlocksRun(documents: readonly Document[]): void {
  const bundlesFolder = mkdtempSync(join(tmpdir(), 'keepfit-docs-'));
  afterAll(() => rmSync(bundlesFolder, { recursive: true, force: true }));

  let server: NatsServer | undefined;
  let s3: S3Server | undefined;
  let bucket: Readonly<Record<string, string>> = {};
  afterAll(() => Promise.all([server?.stop(), s3?.close()]));

  beforeAll(async () => {
    if (natsServerPath !== undefined && documents.some(needsNats)) server = await startNatsServer();
    if (documents.some((document) => contains(document, 'BUCKET'))) {
      s3 = await startS3Server();
      // Of a Ceph, if there is one.
      const BUCKET = (await createCephBucket()) ?? s3.url;
      bucket = { BUCKET, AWS_ACCESS_KEY_ID: 'AKTEST', AWS_SECRET_ACCESS_KEY: 'SKTEST' };
    }
    const entries = Object.fromEntries(documents.map(({ name, program }) => [name, program]));
    await bundlePrograms(entries, bundlesFolder);
    writeWorkers(bundlesFolder);
  });

  test.concurrent.each(documents.filter((document) => natsServerPath !== undefined || !needsNats(document)))(
    'every TypeScript block of $name runs',
    async ({ name }) => {
      // The blocks write to a separate folder.
      const cwd = mkdtempSync(join(tmpdir(), 'keepfit-docs-'));
      try {
        const program = join(bundlesFolder, `${name}.mjs`);
        const pattern = triesAll ? undefined : SAMPLES[name];
        const args = pattern === undefined ? [program] : [`--test-name-pattern=${pattern}`, program];
        const env = { ...process.env, ...bucket, ...(server !== undefined && { NATS_URL: server.url }) };
        const { stderr } = await promisify(execFile)(process.execPath, args, { cwd, env }).catch(
          (error: Error & { readonly stdout?: string }) => {
            // Where a kit of node:test names what failed.
            throw new Error(`${error.message}\n${error.stdout}`);
          },
        );
        expect(stderr).toBe('');
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    },
    PATIENCE,
  );
}

function needsNats(document: Document): boolean {
  return contains(document, 'NATS_URL');
}

function contains({ name }: Document, text: string): boolean {
  return readBlocks(name).some((block) => block.includes(text));
}

/** Threads look for their program beside the code that starts them. */
function writeWorkers(folder: string): void {
  const program = pathToFileURL(programFile('packages/engine-threads/src/worker.ts')).href;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.mjs'),
  );
  for (const place of new Set(files.map((file) => dirname(join(folder, file)))))
    writeFileSync(join(place, 'worker.js'), `import(${JSON.stringify(program)});\n`);
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
