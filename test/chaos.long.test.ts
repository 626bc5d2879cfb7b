import { expect, test } from 'vitest';
import { natsServerPath } from '../packages/engine-nats/test/helpers/nats-server.js';
import { runChaos } from '../scripts/proof/chaos/chaos.js';

const seconds = 60;

test.skipIf(natsServerPath === undefined)(
  `a training on many machines has the bits of one thread, while everything goes wrong for ${seconds} s`,
  async () => {
    const { trainings, acknowledged } = await runChaos({ seconds, seed: 1, epochs: 12 });
    expect(trainings).toBeGreaterThan(0);
    expect(acknowledged).toBeGreaterThan(100);
  },
  600_000,
);
