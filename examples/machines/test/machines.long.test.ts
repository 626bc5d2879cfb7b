import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { natsServerPath } from '../../../packages/engine-nats/test/helpers/nats-server.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test.skipIf(natsServerPath === undefined)(
  'a training whose workers and server are killed has the bits of one thread',
  async () => {
    // Rejects if the example ends with another status than 0.
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', 'tsx', '--conditions=keepfit:source'],
      MAIN,
    ]);
    expect(stdout).toMatch(/kill -9: worker-1/);
    expect(stdout.match(/ {2}equal$/gm)).toHaveLength(3);
    expect(stdout).toMatch(/Identical, bit for bit\.\n$/);
  },
);
