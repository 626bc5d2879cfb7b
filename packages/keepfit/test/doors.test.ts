import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

interface Input {
  readonly imports: readonly { readonly path: string; readonly kind?: string; readonly external?: boolean }[];
}

interface Esbuild {
  build(options: object): Promise<{ metafile: { inputs: Readonly<Record<string, Input>> } }>;
}

/** The esbuild that builds the packages. */
const esbuild = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Esbuild;

/** What the commands for workers load when they are called. */
const ONLY_FOR_WORKERS = ['@keepfit/engine-nats', '@keepfit/engine-nats/serve', '@nats-io/transport-node'];

type Inputs = Readonly<Record<string, Input>>;

/** The files that a door or the program leads to, those of libraries too, and what each imports. */
async function readInputs(file: string, platform: 'browser' | 'node'): Promise<Inputs> {
  const { metafile } = await esbuild.build({
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
    entryPoints: [`packages/keepfit/src/${file}`],
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    outdir: 'dist',
    target: 'es2022',
    conditions: ['keepfit:source'],
    logLevel: 'silent',
    platform,
    external: ONLY_FOR_WORKERS,
  });
  return metafile.inputs;
}

/** Whether it is not one of those that a command loads when it is called. */
function isLoadedAtOnce({ path, kind }: Inputs[string]['imports'][number]): boolean {
  return !(kind === 'dynamic-import' && ONLY_FOR_WORKERS.includes(path));
}

/** The packages of the workspace and the libraries that our own files import. */
function findImported(inputs: Inputs): ReadonlySet<string> {
  const ours = Object.entries(inputs).filter(([file]) => !file.includes('node_modules/'));
  const imported = ours.flatMap(([, { imports }]) => imports.filter(isLoadedAtOnce).map(({ path }) => path));
  return new Set(
    imported.map((path) =>
      path.replace(/^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$|^packages\/([^/]+)\/.*$/, '$1$2'),
    ),
  );
}

test('a page gets the four packages and tfjs: nothing of the command, of a store or of Node', async () => {
  const inputs = await readInputs('index.ts', 'browser');
  expect([...findImported(inputs)].filter((name) => !name.startsWith('@tensorflow/')).sort()).toEqual([
    'callbacks',
    'fit',
    'layers',
    'optimizers',
  ]);
  const own = Object.keys(inputs).filter((file) => file.startsWith('packages/keepfit/'));
  expect(own).toEqual(['packages/keepfit/src/index.ts']);
  const external = Object.values(inputs).flatMap(({ imports }) => imports.filter((one) => one.external));
  expect(external).toEqual([]);
});

test.each(['main.ts', 'cli.ts'])('%s loads neither tfjs nor the training loop', async (file) => {
  const inputs = await readInputs(file, 'node');
  const imported = [...findImported(inputs)].filter((name) => !name.startsWith('node:'));
  expect(imported.sort()).toEqual(['callbacks', 'commander', 'keepfit', 'store-fs']);
  expect(Object.keys(inputs)).not.toContain('packages/keepfit/src/index.ts');
});
