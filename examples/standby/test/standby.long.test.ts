import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createCephBucket } from '../../../packages/store-s3/test/helpers/ceph-bucket.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('a standby continues the training of a killed process, with equal bits', async () => {
  // On a Ceph, if there is one.
  const bucket = await createCephBucket();
  const args = ['--import', 'tsx', '--conditions=keepfit:source', MAIN];
  if (bucket !== undefined) args.push('--bucket', bucket);
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'AKTEST', AWS_SECRET_ACCESS_KEY: 'SKTEST' };
  // Rejects if the example ends with another status than 0.
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toMatch(/B {2}Waiting for the lock of the checkpoint/);
  expect(stdout).toMatch(/kill -9: A, after \d+ batches/);
  expect(stdout.match(/ {2}equal$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/Identical, bit for bit\.\n$/);
});
