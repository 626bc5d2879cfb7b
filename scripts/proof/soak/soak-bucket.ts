import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCephBucket } from '../../../packages/store-s3/test/helpers/ceph-bucket.ts';
import { startS3Server } from '../../../packages/store-s3/test/helpers/s3-server.ts';
import { bundleProgram } from './bundle-program.js';
import { runProcess } from './run-process.js';
import { soakStandby, type StandbyOptions, type StandbySummary } from './soak-standby.js';

/** Soaks trainings with a standby on a bucket: of a Ceph that answers, or in the memory of this process. */
export async function soakBucket(
  options: Omit<StandbyOptions, 'program' | 'place'>,
): Promise<StandbySummary> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-soak-'));
  const server = await startS3Server();
  try {
    const program = await bundleProgram(join(folder, 'program'));
    const uninterrupted = [join(folder, 'uninterrupted'), '', String(options.epochs)];
    const { acknowledged } = await runProcess(program, uninterrupted);
    const place = (await createCephBucket()) ?? server.url;
    return await soakStandby({ ...options, program, place }, acknowledged);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
