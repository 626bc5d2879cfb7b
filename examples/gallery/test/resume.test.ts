import { memoryStore } from '@keepfit/store-memory';
import type { CallbackHooks } from 'keepfit';
import { expect, test, vi } from 'vitest';
import { digestTraining } from '../src/digest-training.js';
import { trainPenguins } from '../src/penguins.js';

test('penguins that crash and are trained again end as without a crash, to the last bit', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const options = { epochs: 3, samples: 80 };
  try {
    const store = memoryStore();
    const crash = trainPenguins({ ...options, store, callbacks: [crashAfter(7)] });
    await expect(crash).rejects.toThrow('crash');
    const resumed = await digestTraining(await trainPenguins({ ...options, store }));
    const whole = await trainPenguins({ ...options, store: memoryStore() });
    expect(resumed).toEqual(await digestTraining(whole));
    expect(log.mock.calls.flat().join('\n')).toMatch(/Right on \d/);
  } finally {
    log.mockRestore();
    write.mockRestore();
  }
});

function crashAfter(batches: number): CallbackHooks {
  let count = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd() {
      count += 1;
      if (count === batches) throw new Error('crash');
    },
  };
}
