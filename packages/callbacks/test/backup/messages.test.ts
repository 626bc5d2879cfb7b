import { expect, test } from 'vitest';
import { resumeAnnouncement } from '../../src/backup/messages.js';

test.each([
  [{ epoch: 3, batch: 137 }, 10, 469, 'epoch 4 of 10, batch 137 of 469'],
  [{ epoch: 3, batch: 137 }, 10, null, 'epoch 4 of 10, batch 137'],
  [{ epoch: 3, batch: 0 }, 10, 469, 'epoch 4 of 10'],
  [{ epoch: 10, batch: 0 }, 10, 469, 'the end of epoch 10 of 10'],
  // Where epochs was lowered.
  [{ epoch: 3, batch: 137 }, 2, 469, 'epoch 4 of 2, batch 137 of 469'],
])('tells that %o of %i epochs with %s steps is %s', ({ epoch, batch }, epochs, steps, place) => {
  const announced = resumeAnnouncement({ epoch, batch, step: 0 }, { epochs, steps, verbose: 1 }, 12.4);
  expect(announced).toBe(`Resumed at ${place}, from a backup 12 s old.`);
});

test('tells of a backup from the future, by the clock of this machine, that it is new', () => {
  expect(
    resumeAnnouncement({ epoch: 1, batch: 0, step: 9 }, { epochs: 2, steps: 9, verbose: 1 }, -5),
  ).toContain('backup 0 s old');
});
