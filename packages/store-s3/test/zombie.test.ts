import { afterAll, beforeAll, expect, test } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { type S3Server, startS3Server } from './helpers/s3-server.js';
import { shortenWaits } from './helpers/short-waits.js';
import { createExpected, stopAndTakeOver, stops } from './helpers/stop-and-take-over.js';

let restoreWaits: () => void;
let server: S3Server;
beforeAll(async () => {
  restoreWaits = shortenWaits();
  server = await startS3Server();
});
afterAll(async () => {
  restoreWaits();
  await server.close();
});

// Windows cannot stop a process.
test.skipIf(process.platform === 'win32').each(sample(stops, 9, 7))(
  'a process that is stopped at the %j, and continues after a takeover, changes nothing',
  async (stop) => {
    expect(await stopAndTakeOver(server.url, stop)).toEqual(createExpected(stop));
    expect(server.uploads.size).toBe(0);
  },
);
