import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BenchError } from '../bench-error.js';
import { runProcess } from './run-process.js';
import type { Commit } from './with-commit.js';

/**
 * Installs what a commit needs, and bundles its benches as it does so itself. Returns its bundled
 * run-bench.ts.
 */
export async function buildCommit(
  root: string,
  { sha, folder }: Commit,
  signal: AbortSignal,
): Promise<string> {
  const bundler = join(folder, 'bench/src/bundle-bench.ts');
  if (!existsSync(bundler))
    throw new BenchError(`${sha} has no benches: bench/src/bundle-bench.ts is missing`);
  const pnpm = 'scripts/with-pnpm.mjs';
  await timeStep(`${sha}: install`, async () => {
    // On another disk, pnpm would begin a new store there and download everything again.
    const store = getLastLine(
      await runProcess(process.execPath, [pnpm, 'store', 'path'], { cwd: root, signal }),
    );
    const where = { cwd: folder, env: { npm_config_store_dir: store }, signal };
    await runProcess(process.execPath, [pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], where);
  });
  return await timeStep(`${sha}: bundle`, async () => {
    const code = `
      const { bundleBench } = await import(${JSON.stringify(pathToFileURL(bundler).href)});
      console.log(await bundleBench(${JSON.stringify(join(folder, 'bench/'))}));`;
    const args = ['--import', 'tsx', '--conditions=keepfit:source', '--input-type=module', '--eval', code];
    return getLastLine(await runProcess(process.execPath, args, { cwd: folder, signal }));
  });
}

async function timeStep<T>(name: string, step: () => Promise<T>): Promise<T> {
  console.log(`${name} …`);
  const start = performance.now();
  const result = await step();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

function getLastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
