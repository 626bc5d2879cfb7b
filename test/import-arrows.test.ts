import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Planted {
  readonly file: string;
  readonly code: string;
}

const core = '@tensorflow/tfjs-core';
const uses = (name: string): string => `import { thing } from '${name}';\nexport const used = thing;\n`;

const refused: Planted[] = [
  { file: 'callbacks/src/a.ts', code: uses(core) },
  { file: 'callbacks/src/b.ts', code: uses('node:fs') },
  { file: 'callbacks/src/c.ts', code: uses('fs') },
  { file: 'callbacks/src/d.ts', code: uses('@keepfit/fit') },
  {
    file: 'callbacks/src/e.ts',
    code: "import type { Tensor } from '@tensorflow/tfjs-core';\nexport type Used = Tensor;\n",
  },
  { file: 'callbacks/src/f.ts', code: "export type Used = import('node:fs').Stats;\n" },
  { file: 'callbacks/src/g.ts', code: "export { thing } from '@keepfit/fit';\n" },
  { file: 'callbacks/src/h.ts', code: "export * from '@keepfit/store-fs';\n" },
  { file: 'callbacks/src/i.ts', code: "export const load = () => import('node:fs');\n" },
  { file: 'callbacks/src/j.ts', code: 'export const load = (name: string) => import(name);\n' },
  { file: 'callbacks/src/k.ts', code: "export const load = () => require('node:fs');\n" },
  { file: 'callbacks/src/l.ts', code: 'export const where = process.cwd();\n' },
  { file: 'callbacks/src/m.ts', code: 'export const where = document.title;\n' },
  { file: 'callbacks/src/n.ts', code: "export const bytes = Buffer.from('');\n" },
  { file: 'callbacks/src/o.ts', code: 'export const where = window.name;\n' },
  { file: 'callbacks/src/q.ts', code: uses('./contract/state.js') },
  { file: 'callbacks/src/contract/r.ts', code: uses('../format/crc32.js') },
  {
    file: 'callbacks/src/contract/s.ts',
    code: "import type { History } from '../callbacks/history.js';\nexport type Used = History;\n",
  },
  { file: 'callbacks/src/callbacks/t.ts', code: uses('../backup/messages.js') },
  { file: 'callbacks/src/backup/a.ts', code: uses('../progress/progress-line.js') },
  { file: 'callbacks/src/progress/a.ts', code: uses('../callbacks/callback.js') },
  { file: 'callbacks/src/format/a.ts', code: uses('../storage/claim-key.js') },
  { file: 'callbacks/src/storage/a.ts', code: uses('../callbacks/model-checkpoint.js') },
  { file: 'callbacks/src/checks/a.ts', code: uses('../format/crc32.js') },
  { file: 'callbacks/src/testing/a.ts', code: uses('../index.js') },
  { file: 'callbacks/src/index.ts', code: uses('./testing/index.js') },
  { file: 'callbacks/src/store.ts', code: uses('./backup/backup-keys.js') },
  { file: 'callbacks/src/checkpoint.ts', code: uses('./callbacks/history.js') },
  { file: 'callbacks/src/internal.ts', code: uses('./backup/messages.js') },
  { file: 'callbacks/src/new-room/a.ts', code: uses('../contract/state.js') },
  {
    file: 'callbacks/src/contract/circle.ts',
    code: "import type { Half } from './half.js';\nexport interface Whole {\n  readonly half: Half;\n}\n",
  },
  {
    file: 'callbacks/src/contract/half.ts',
    code: "import type { Whole } from './circle.js';\nexport interface Half {\n  readonly whole: Whole;\n}\n",
  },
  { file: 'callbacks/src/format/p.ts', code: uses('../../test/helper.js') },
  { file: 'fit/src/a.ts', code: uses('../../callbacks/src/index.js') },
  { file: 'fit/src/deep/b.ts', code: uses('../../../callbacks/src/index.js') },
  { file: 'fit/src/c.ts', code: uses('../../callbacks') },
  { file: 'fit/src/d.ts', code: uses('@tensorflow/tfjs-layers') },
  { file: 'fit/src/e.ts', code: uses('@tensorflow/tfjs-backend-cpu') },
  { file: 'fit/src/f.ts', code: uses('@keepfit/store-memory') },
  { file: 'fit/src/g.ts', code: uses('@keepfit/layers') },
  { file: 'optimizers/src/a.ts', code: uses('@keepfit/fit') },
  { file: 'fit/src/h.ts', code: uses('@keepfit/callbacks/testing') },
  { file: 'fit/src/i.ts', code: uses('node:fs') },
  { file: 'fit/src/j.ts', code: uses(`${core}/dist/engine`) },
  { file: 'fit/src/k.ts', code: 'export const where = process.cwd();\n' },
  { file: 'store-fs/src/a.ts', code: uses('@keepfit/fit') },
  { file: 'store-fs/src/b.ts', code: uses('memfs') },
  { file: 'store-fs/src/c.ts', code: uses('@keepfit/store-memory') },
  { file: 'store-fs/src/d.ts', code: uses(core) },
  { file: 'store-fs/src/system/e.ts', code: uses('../lock/acquire-lock.js') },
  { file: 'store-memory/src/a.ts', code: uses('node:fs') },
  { file: 'store-memory/src/b.ts', code: uses('@keepfit/callbacks') },
  { file: 'store-memory/src/c.ts', code: uses('@keepfit/callbacks/checkpoint') },
  { file: 'store-memory/src/d.ts', code: uses('@keepfit/callbacks/src/storage/claim-key.js') },
  { file: 'store-opfs/src/a.ts', code: uses('node:fs') },
  { file: 'store-s3/src/a.ts', code: uses('node:http') },
  { file: 'store-s3/src/b.ts', code: uses('aws4fetch') },
  { file: 'store-s3/src/client/c.ts', code: uses('../checkpoint/place.js') },
  { file: 'engine-threads/src/a.ts', code: uses('@keepfit/layers') },
  { file: 'engine-threads/src/b.ts', code: uses('node:worker_threads') },
  { file: 'engine-nats/src/a.ts', code: uses('@nats-io/transport-node') },
  { file: 'engine-nats/src/b.ts', code: uses('node:net') },
  { file: 'engine-nats/src/wire/c.ts', code: uses('../board/board.js') },
  { file: 'store-indexeddb/src/a.ts', code: uses('@keepfit/layers') },
  { file: 'backend-cpu/src/a.ts', code: uses('@tensorflow/tfjs-backend-wasm') },
  { file: 'backend-cpu/src/b.ts', code: uses('@keepfit/layers') },
  { file: 'backend-wasm/src/a.ts', code: uses('@tensorflow/tfjs-backend-cpu') },
  { file: 'backend-node/src/a.ts', code: uses('@tensorflow/tfjs-layers') },
  { file: 'backend-node/src/b.ts', code: uses('@keepfit/js-kernels') },
  { file: 'backend-node/src/kernels/c.ts', code: uses('../settings.js') },
  { file: 'backend-webgl/src/a.ts', code: uses('@keepfit/store-fs') },
  { file: 'backend-webgl/src/b.ts', code: uses('@keepfit/js-kernels') },
  { file: 'backend-webgpu/src/a.ts', code: uses('@tensorflow/tfjs-backend-webgl') },
  { file: 'create-keepfit/src/a.ts', code: uses('@keepfit/callbacks') },
  { file: 'layers/src/a.ts', code: uses('@keepfit/backend-cpu') },
  { file: 'layers/src/b.ts', code: uses('@keepfit/store-fs') },
  { file: 'layers/src/c.ts', code: uses('@tensorflow/tfjs') },
  { file: 'tensorboard/src/a.ts', code: uses('node:fs') },
  { file: 'tensorboard/src/b.ts', code: uses('@keepfit/store-fs') },
  { file: 'tensorboard/src/c.ts', code: uses('@keepfit/callbacks/store') },
  { file: 'keepfit/src/index.ts', code: uses('@keepfit/store-fs') },
  { file: 'keepfit/src/script.ts', code: uses('@keepfit/store-fs') },
  { file: 'keepfit/src/cli.ts', code: uses('@keepfit/fit') },
  { file: 'keepfit/src/main.ts', code: uses('./index.js') },
  { file: 'keepfit/src/commands/a.ts', code: uses('@keepfit/layers') },
  { file: 'keepfit/src/commands/b.ts', code: uses('@keepfit/store-memory') },
  { file: 'keepfit/src/output/c.ts', code: uses(core) },
  { file: 'js-kernels/src/a.ts', code: uses('@keepfit/fit') },
  { file: 'js-kernels/src/b.ts', code: uses('@keepfit/callbacks') },
  { file: 'js-kernels/src/c.ts', code: uses('@tensorflow/tfjs-backend-cpu') },
  { file: 'gpu-kernels/src/a.ts', code: uses('@keepfit/fit') },
  { file: 'gpu-kernels/src/b.ts', code: uses('@tensorflow/tfjs-backend-webgl') },
  { file: 'of-another-kind/src/a.ts', code: uses('@keepfit/callbacks') },
];

const allowed: Planted[] = [
  { file: 'callbacks/src/contract/allowed.ts', code: uses('./beside.js') },
  { file: 'callbacks/src/format/allowed.ts', code: uses('../contract/keepfit-error.js') },
  { file: 'callbacks/src/callbacks/allowed.ts', code: uses('../storage/claim-key.js') },
  {
    file: 'callbacks/src/contract/looked-up.ts',
    code: 'export const there = (globalThis as { process?: object }).process !== undefined;\n',
  },
  {
    file: 'callbacks/test/allowed.test.ts',
    code: uses('@keepfit/store-fs') + 'export const where = process.cwd();\n',
  },
  { file: 'store-fs/src/allowed.ts', code: uses('node:fs/promises') },
  { file: 'store-fs/src/contract.ts', code: uses('@keepfit/callbacks/store') },
  { file: 'store-fs/src/here.ts', code: 'export const id = process.pid;\n' },
  { file: 'store-memory/src/allowed.ts', code: uses('@keepfit/callbacks/store') },
  { file: 'optimizers/src/allowed.ts', code: uses('@keepfit/callbacks') },
  { file: 'fit/src/optimizer/allowed.ts', code: uses('@keepfit/optimizers') },
  { file: 'fit/src/allowed.ts', code: uses('@keepfit/callbacks') },
  { file: 'fit/src/tensors.ts', code: uses(core) },
  { file: 'fit/test/allowed.test.ts', code: uses('../../callbacks/test/fake-trainer.js') },
  { file: 'backend-cpu/src/allowed.ts', code: uses('@keepfit/fit') },
  {
    file: 'backend-cpu/src/kernels.ts',
    code: "export const load = () => import('@tensorflow/tfjs-backend-cpu');\n",
  },
  { file: 'backend-cpu/src/shared.ts', code: uses('@keepfit/js-kernels') },
  { file: 'js-kernels/src/allowed.ts', code: uses(core) },
  { file: 'backend-webgpu/src/allowed.ts', code: uses('@keepfit/gpu-kernels') },
  { file: 'gpu-kernels/src/allowed.ts', code: uses('@keepfit/callbacks') },
  { file: 'keepfit/src/commands/allowed.ts', code: uses('commander') },
  { file: 'keepfit/src/checkpoint/files.ts', code: uses('@keepfit/store-fs') },
  { file: 'layers/src/allowed.ts', code: uses('@keepfit/fit') },
  { file: 'layers/src/models.ts', code: uses('@tensorflow/tfjs-layers') },
  { file: 'layers/src/errors.ts', code: uses('@keepfit/callbacks') },
];

let folder: string;
let faults: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keepfit-arrows-'));
  cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
  for (const { file, code } of [...refused, ...allowed]) {
    const path = join(folder, 'packages', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  faults = lint(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rules that each file breaks. */
function lint(cwd: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { filename, code } of oxlint(cwd)) {
    const file = filename.replaceAll('\\', '/').replace(/^.*packages\//, '');
    found.set(file, [...(found.get(file) ?? []), code]);
  }
  return found;
}

function oxlint(cwd: string): readonly { readonly filename: string; readonly code: string }[] {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json'], {
      cwd,
      encoding: 'utf8',
    });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    return (JSON.parse(stdout ?? '') as { diagnostics: { filename: string; code: string }[] }).diagnostics;
  }
  throw new Error('oxlint found nothing wrong in the planted files');
}

for (const { file, code } of refused) {
  test(`refuses in ${file}: ${code.split('\n')[0]}`, () => {
    expect(faults.get(file)?.join() ?? '').toMatch(
      /import-arrows|room-arrows|no-cycle|no-restricted-globals|no-require-imports/,
    );
  });
}

for (const { file, code } of allowed) {
  test(`allows in ${file}: ${code.split('\n')[0]}`, () => {
    expect(faults.get(file)).toBeUndefined();
  });
}

test('every package of the workspace stands among the arrows', () => {
  const planted = new Set([...refused, ...allowed].map(({ file }) => file.split('/')[0]));
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(packages.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
});
