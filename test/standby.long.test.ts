import { expect, test } from 'vitest';
import { soakBucket } from '../scripts/proof/soak/soak-bucket.js';
import { triesAll } from './setup/sample.js';

const kills = triesAll ? 30 : 4;

test(`a training on a bucket is exact, whose process is killed ${kills} times with a standby beside`, async () => {
  const summary = await soakBucket({ kills, seed: 2, epochs: 12 });
  expect(summary.kills).toBe(kills);
  expect(summary.trainings).toBeGreaterThan(0);
});
