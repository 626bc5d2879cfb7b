import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startS3Server } from '../packages/store-s3/test/helpers/s3-server.js';
import { type ProcessEnd, runProcess } from '../scripts/proof/soak/run-process.js';
import { soakStandby } from '../scripts/proof/soak/soak-standby.js';
import { programFile } from './programs/program-file.js';

const EPOCHS = 3;

let folder: string;
let program: string;
let whole: ProcessEnd;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-standby-'));
  program = programFile('scripts/proof/soak/train.ts');
  whole = await runProcess(program, [join(folder, 'whole'), '', String(EPOCHS)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['folder', 'bucket'])(
  'of two processes that share a %s the second completes the training when the first is killed, with equal bits',
  async (kind) => {
    const server = await startS3Server();
    onTestFinished(() => server.close());
    const place = kind === 'folder' ? join(folder, 'shared') : server.url;
    // That seed kills it soon after its first checkpoint.
    const options = { kills: 1, seed: 7, epochs: EPOCHS, program, place };
    expect(await soakStandby(options, whole.acknowledged)).toMatchObject({ kills: 1 });
  },
);
