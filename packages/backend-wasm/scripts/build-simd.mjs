// Compiles assembly/ to the bytes in src/simd/simd-module.ts. `npm run build` and `npm run build:simd` run
// it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src', 'simd', 'simd-module.ts');

/** The stub runtime without assertions writes no static data, so this module puts nothing on tfjs' heap. */
const common = [
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--use',
  'abort=',
  '--importMemory',
  '--noExportMemory',
  '--enable',
  'simd',
];
/** tfjs' threaded build has a shared memory, and a module must declare that in its import. */
const threaded = [
  '--enable',
  'threads',
  '--sharedMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
];

async function compile(flags) {
  const folder = mkdtempSync(join(tmpdir(), 'keepfit-simd-'));
  try {
    const file = join(folder, 'out.wasm');
    const { error, stderr } = await main([
      'assembly/index.ts',
      '--baseDir',
      root,
      '--outFile',
      file,
      ...common,
      ...flags,
    ]);
    if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function literal(bytes) {
  const lines = bytes.toString('base64').match(/.{1,132}/g) ?? [];
  return `[\n${lines.map((line) => `    '${line}',\n`).join('')}  ].join('')`;
}

/** The text of src/simd/simd-module.ts. */
export async function simdModuleText() {
  return `// Made from assembly/ by \`npm run build:simd\`. Do not edit.

/**
 * The SIMD module of assembly/ in base64, for tfjs' own memory or for the shared one of its threaded build.
 */
export function simdModule(shared: boolean): string {
  return shared ? sharedModule() : plainModule();
}

function plainModule(): string {
  return ${literal(await compile([]))};
}

function sharedModule(): string {
  return ${literal(await compile(threaded))};
}
`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(target, await simdModuleText());
