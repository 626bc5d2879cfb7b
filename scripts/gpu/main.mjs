// Runs the tests of the GPU backends on the machine's real GPU; elsewhere they use a software renderer.
// Usage: node scripts/gpu/main.mjs [webgl|webgpu ...]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => name !== 'webgl' && name !== 'webgpu');
if (unknown !== undefined) {
  console.error(`Usage: node scripts/gpu/main.mjs [webgl|webgpu ...], not "${unknown}"`);
  process.exit(2);
}
const folders = (wanted.length > 0 ? wanted : ['webgl', 'webgpu']).map((name) => `packages/backend-${name}`);
// The first chooses the browser's flags. Vite passes the second to the tests, which then fail if a software
// renderer computes.
const env = { ...process.env, KEEPFIT_GPU: '1', VITE_KEEPFIT_GPU: '1' };
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
// What needs long in software is a run of its own there.
const statuses = ['test', 'long'].map((mode) => {
  const options = ['--mode', mode, '--project', 'browser', '--no-file-parallelism', '--reporter=verbose'];
  return (
    spawnSync(process.execPath, [vitest, 'run', ...options, ...folders], { cwd: root, env, stdio: 'inherit' })
      .status ?? 1
  );
});
process.exitCode = statuses.find((status) => status !== 0) ?? 0;
