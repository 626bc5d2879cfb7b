import { fsStore } from '@keepfit/store-fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { inFolder, runUntilSignal } from './helpers/run-until-signal.js';
import { instants } from './helpers/signal-instants.js';

/** A checksum of a training that no signal interrupted. */
let whole: string | undefined;
beforeAll(() =>
  inFolder(async (folder) => {
    whole = (await runUntilSignal({ folder, instant: { place: 'save', call: 0 } }, {})).lines[0];
  }),
);

describe.concurrent.each(sample(instants, 2))('SIGTERM at $place $call, $order', ({ end, ...instant }) => {
  test(`the training is ${end}, and no work is lost`, () =>
    inFolder(async (folder) => {
      // Twice, as a launcher that passes signals on sends it.
      const first = await runUntilSignal({ folder, instant }, { waiting: ['SIGTERM'], aborted: ['SIGTERM'] });
      if (end === 'completed') {
        expect(first).toEqual({ status: 0, signal: null, lines: ['waiting', 'aborted', whole] });
      } else {
        expect(first).toEqual({ status: null, signal: 'SIGTERM', lines: ['waiting', 'aborted'] });
        expect(await fsStore(folder).keys()).toEqual(['backup']);
        const again = await runUntilSignal({ folder, instant: { place: 'save', call: 0 } }, {});
        expect(again).toEqual({ status: 0, signal: null, lines: [whole] });
      }
      expect(await fsStore(folder).keys()).toEqual([]);
    }));
});

test('once it has settled, a signal has its default effect', () =>
  inFolder(async (folder) => {
    const { signal, lines } = await runUntilSignal({ folder }, { waiting: ['SIGTERM'] });
    expect({ signal, lines }).toEqual({ signal: 'SIGTERM', lines: [whole, 'waiting'] });
  }));
