import { expect, test } from 'vitest';
import { CSVLogger, type CSVLoggerOptions } from '../../src/callbacks/csv-logger.js';
import { FakeTrainer } from '../fake-trainer.js';
import { MemorySink } from '../memory-sink.js';

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
