import { afterEach, expect, test, vi } from 'vitest';
import { CSVLogger, type CSVLoggerOptions } from '../../src/callbacks/csv-logger.js';
import type { StateRecord } from '../../src/contract/state.js';
import { FakeTrainer } from '../fake-trainer.js';
import { MemorySink } from '../memory-sink.js';

afterEach(() => void vi.restoreAllMocks());

const logsOf = (epoch: number) => ({ loss: 1 / (epoch + 1), accuracy: epoch });

async function begin(sink: MemorySink, options?: CSVLoggerOptions) {
  const logger = new CSVLogger(sink, options);
  const trainer = new FakeTrainer();
  logger.setModel(trainer);
  await logger.onTrainBegin();
  return { logger, trainer };
}

test('writes a header and a line an epoch, the columns in order of the alphabet', async () => {
  const sink = new MemorySink();
  const { logger } = await begin(sink);
  await logger.onEpochEnd(0, { val_loss: 0.5, loss: 1, accuracy: NaN });
  await logger.onEpochEnd(1, { loss: 1e-5, val_loss: Infinity });
  expect(sink.text).toBe('epoch,accuracy,loss,val_loss\n0,nan,1.0,0.5\n1,NA,1e-05,inf\n');
});

test('quotes names that hold the separator', async () => {
  const sink = new MemorySink();
  const { logger } = await begin(sink, { separator: ';' });
  await logger.onEpochEnd(0, { 'a;"b"': 1, val_x: 2 });
  expect(sink.text).toBe('epoch;"a;""b""";val_x\n0;1.0;2.0\n');
});

test('replaces what was there', async () => {
  const sink = new MemorySink(
    'something old, much longer than the lines that are written now, so that a rest would show\n',
  );
  const { logger } = await begin(sink);
  await logger.onEpochEnd(0, { loss: 1 });
  expect(sink.text).toBe('epoch,loss,val_loss\n0,1.0,NA\n');
});

test('with append goes on after what was there, without a second header', async () => {
  const sink = new MemorySink('epoch,loss,val_loss\n0,2.0,NA\n');
  const { logger } = await begin(sink, { append: true });
  await logger.onEpochEnd(1, { loss: 1 });
  expect(sink.text).toBe('epoch,loss,val_loss\n0,2.0,NA\n1,1.0,NA\n');
});

test('with append writes a header where there is nothing yet', async () => {
  const sink = new MemorySink();
  const { logger } = await begin(sink, { append: true });
  await logger.onEpochEnd(0, { loss: 1 });
  expect(sink.text).toContain('epoch,loss,val_loss\n');
});

test('starts a new file when the same callback trains again', async () => {
  const sink = new MemorySink();
  const { logger } = await begin(sink);
  await logger.onEpochEnd(0, { loss: 1 });
  await logger.onTrainBegin();
  await logger.onEpochEnd(0, { accuracy: 1 });
  expect(sink.text).toBe('epoch,accuracy,val_accuracy\n0,1.0,NA\n');
});

for (const append of [false, true]) {
  for (const saved of [0, 1, 2, 3]) {
    for (const lostAfter of [saved, 3]) {
      const kill = `saved after ${saved} epochs, killed after ${lostAfter}, append ${append}`;
      test(`a resumed run neither loses nor doubles a line (${kill})`, async () => {
        const before = 'ä,b\n';
        const uninterrupted = new MemorySink(before);
        const whole = await begin(uninterrupted, { append });
        for (let epoch = 0; epoch < 5; epoch += 1) await whole.logger.onEpochEnd(epoch, logsOf(epoch));

        const sink = new MemorySink(before);
        const { logger } = await begin(sink, { append });
        let state = logger.getState();
        for (let epoch = 0; epoch < lostAfter; epoch += 1) {
          await logger.onEpochEnd(epoch, logsOf(epoch));
          if (epoch + 1 === saved) state = logger.getState();
        }
        await sink.append('half a li');
        sink.crash();
        const resumed = await begin(sink, { append });
        resumed.logger.setState(structuredClone(state));
        for (let epoch = saved; epoch < 5; epoch += 1) await resumed.logger.onEpochEnd(epoch, logsOf(epoch));
        expect(sink.text).toBe(uninterrupted.text);
      });
    }
  }
}

test('has written all that its state counts when the hook is done', async () => {
  const sink = new MemorySink();
  const { logger } = await begin(sink);
  await logger.onEpochEnd(0, { loss: 1 });
  sink.crash();
  expect(logger.getState()['position']).toBe(await sink.position());
  expect(sink.text).not.toBe('');
});

test('closes the sink when fit settles', async () => {
  const sink = new MemorySink();
  const { logger, trainer } = await begin(sink);
  await logger.onEpochEnd(0, { loss: 1 });
  expect(sink.isOpen).toBe(true);
  await trainer.settle();
  expect(sink.isOpen).toBe(false);
});

/** Validates in every second epoch. */
const gappyLogsOf = (epoch: number) => ({
  ...logsOf(epoch),
  ...(epoch % 2 === 1 ? { val_loss: epoch / 8, val_accuracy: NaN } : {}),
});

interface LostFile {
  readonly options?: CSVLoggerOptions;
  /** The content before the training, and what is found instead of the file when it is resumed. */
  readonly before?: string;
  readonly found: (file: MemorySink) => MemorySink;
  readonly epochs?: number;
}

/** Trains epochs from a first one, with a history as in `fit`, and resumes after the file was changed. */
async function resumeWithout(
  { options, before = '', found, epochs = 5 }: LostFile,
  first = 0,
  savedAfter = 3,
) {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const train = async (sink: MemorySink, from: number, to: number, states?: readonly StateRecord[]) => {
    const { logger, trainer } = await begin(sink, options);
    if (states !== undefined) {
      trainer.history.setState(structuredClone(states[0]!));
      logger.setState(structuredClone(states[1]!));
    }
    for (let epoch = from; epoch < to; epoch += 1) {
      await logger.onEpochEnd(epoch, gappyLogsOf(epoch));
      trainer.history.onEpochEnd(epoch, gappyLogsOf(epoch));
    }
    const ended = [trainer.history.getState(), logger.getState()] as const;
    if (to === first + epochs) await logger.onTrainEnd();
    return ended;
  };
  const whole = new MemorySink(before);
  await train(whole, first, first + epochs);
  const killed = new MemorySink(before);
  const states = await train(killed, first, first + savedAfter);
  const file = found(killed);
  await train(file, first + savedAfter, first + epochs, states);
  return {
    text: file.text,
    expected: whole.text,
    warnings: warn.mock.calls.flat() as string[],
    states,
    train,
  };
}

const gone = () => new MemorySink();
const LONGER = 'a;log;of;another;training\n'.repeat(40);

test.each<[string, LostFile]>([
  ['is gone', { found: gone }],
  ['is gone, with a separator', { found: gone, options: { separator: ';' } }],
  ['is gone, and replaced another', { found: gone, before: 'old\n' }],
  ['is cut', { found: ({ text }) => new MemorySink(text.slice(0, 40)) }],
  ['is an old copy', { found: ({ text }) => new MemorySink(text.split('\n').slice(0, 2).join('\n')) }],
  ['is a longer one of another training', { found: () => new MemorySink(LONGER) }],
  ['has other line ends', { found: ({ text }) => new MemorySink(text.replaceAll('\n', '\r\n')) }],
  ['is gone, with append, and was made by this training', { found: gone, options: { append: true } }],
  [
    'is cut, with append',
    {
      found: ({ text }) => new MemorySink(text.slice(0, 60)),
      options: { append: true },
      before: 'old,one\n',
    },
  ],
])('a resumed run whose file %s ends with the file of one without a kill', async (_, lost) => {
  for (const first of [0, 4]) {
    const { text, expected, warnings } = await resumeWithout(lost, first);
    expect(text).toBe(expected);
    expect(warnings).toEqual([
      expect.stringMatching(/^CSVLogger continues a training, but its sink has .* with the 3 epochs/),
    ]);
    vi.restoreAllMocks();
  }
});

test('a file that is gone is written again also if no epoch is left to train', async () => {
  const { text, expected } = await resumeWithout({ found: gone, epochs: 3 });
  expect(text).toBe(expected);
});

test('a file that is whole is left alone, without a warning', async () => {
  const { text, expected, warnings } = await resumeWithout({ found: (file) => file });
  expect([text, warnings]).toEqual([expected, []]);
});

test('with append, what another training wrote is never lost', async () => {
  const rows = '1,1.0,0.5,nan,0.125\n2,2.0,0.3333333333333333,NA,NA\n';
  for (const other of ['short\n', LONGER]) {
    const { text } = await resumeWithout({ found: () => new MemorySink(other), options: { append: true } });
    expect(text.startsWith(other)).toBe(true);
    expect(text.slice(other.length)).toContain(rows);
  }
});

test('a file of which the old content is gone gets a header', async () => {
  const { text } = await resumeWithout({ found: gone, options: { append: true }, before: 'old,one\n' });
  expect(text).toMatch(/^epoch,accuracy,loss,val_accuracy,val_loss\n0,/);
});

test('a file of which the rest of the run was not logged gets only the epochs that were', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const sink = new MemorySink();
  const { logger, trainer } = await begin(sink);
  for (const epoch of [0, 1]) trainer.history.onEpochEnd(epoch, logsOf(epoch));
  await logger.onEpochEnd(2, logsOf(2));
  trainer.history.onEpochEnd(2, logsOf(2));
  const again = new MemorySink();
  const resumed = await begin(again);
  resumed.logger.setState(structuredClone(logger.getState()));
  resumed.trainer.history.setState(trainer.history.getState());
  await resumed.logger.onTrainEnd();
  expect(again.text).toBe(sink.text);
});

test('killed again in the middle of what it writes again, it ends with the same file', async () => {
  const { text, states, train } = await resumeWithout({ found: gone });
  for (const length of [0, 10, 80, text.length]) {
    const file = new MemorySink(text.slice(0, length));
    await train(file, 3, 5, states);
    expect(file.text).toBe(text);
  }
});

test('takes the state of an older version, and writes NA if it is not known which epochs have a log', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const sink = new MemorySink();
  const { logger, trainer } = await begin(sink);
  trainer.history.setState({ epoch: [0, 1], history: { loss: [1, 2], val_loss: [3] } });
  logger.setState({ columns: ['loss', 'val_loss'], position: 40 });
  await logger.onEpochEnd(2, { loss: 3 });
  expect(sink.text).toBe('epoch,loss,val_loss\n0,1.0,NA\n1,2.0,NA\n2,3.0,NA\n');
});

test('works with a sink that cannot be read', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const blind = (sink: MemorySink) => Object.assign(sink, { read: undefined }) as unknown as MemorySink;
  const { text, expected } = await resumeWithout({ found: () => blind(new MemorySink()) });
  expect(text).toBe(expected);
  const kept = await resumeWithout({ found: blind });
  expect(kept.text).toBe(kept.expected);
});

test('passes on the error of a sink that cannot be opened', async () => {
  const { logger } = await begin(new MemorySink());
  await logger.onEpochEnd(0, { loss: 1 });
  const closed = new MemorySink();
  const resumed = await begin(closed);
  resumed.logger.setState(structuredClone(logger.getState()));
  vi.spyOn(closed, 'position').mockRejectedValue(new Error('no permission'));
  await expect(resumed.logger.onEpochEnd(1, { loss: 1 })).rejects.toThrow('no permission');
});

const refused = [
  { separator: '' },
  { separator: ', ' },
  { separator: '"' },
  { append: 1 },
  { filename: 'x' },
];

test.each(refused)('refuses the options %o', (options) => {
  expect(() => new CSVLogger(new MemorySink(), options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});

test('refuses a file name for a sink', () => {
  expect(() => new CSVLogger('log.csv' as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
