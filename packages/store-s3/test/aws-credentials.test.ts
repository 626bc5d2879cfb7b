import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { type S3Server, startS3Server } from './helpers/s3-server.js';

let folder: string;
let bucket: S3Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keepfit-credentials-'));
  bucket = await startS3Server();
});
afterEach(async () => {
  await bucket.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A configuration whose keys come from a program: `key-1`, then `key-2` and so on, each valid for an hour. */
function configure(): string {
  const program = join(folder, 'keys.cjs');
  writeFileSync(
    program,
    `const { appendFileSync, statSync } = require('node:fs');
const count = ${JSON.stringify(join(folder, 'count'))};
appendFileSync(count, '.');
console.log(JSON.stringify({
  Version: 1,
  AccessKeyId: 'key-' + statSync(count).size,
  SecretAccessKey: 'secret',
  Expiration: new Date(Date.now() + 3_600_000).toISOString(),
}));`,
  );
  const file = join(folder, 'config');
  writeFileSync(file, `[profile keys]\ncredential_process = "${process.execPath}" "${program}"\n`);
  return file;
}

/** The keys that signed a set and a get, in the order of their requests. */
async function listKeys(config: string): Promise<string[]> {
  const program = programFile('packages/store-s3/test/helpers/store-with-aws-keys.ts');
  const env = { PATH: process.env['PATH'], AWS_PROFILE: 'keys', AWS_CONFIG_FILE: config };
  const { stdout } = await promisify(execFile)(process.execPath, [program, bucket.url], { env });
  expect(stdout).toBe('1,2\n');
  return bucket.received.map(
    ({ headers }) => /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '',
  );
}

test('a provider of the AWS SDK is asked once for keys that last', async () => {
  const keys = await listKeys(configure());
  expect(keys.length).toBeGreaterThan(5);
  expect(new Set(keys)).toEqual(new Set(['key-1']));
});
