import { expect, test, vi } from 'vitest';
import type { CallbackParams } from '../../src/contract/callback-hooks.js';
import { ProgbarLogger } from '../../src/progress/progbar-logger.js';
import type { ProgressOutput } from '../../src/progress/progress-display.js';
import { FakeTrainer } from '../fake-trainer.js';

interface Setup extends Partial<CallbackParams> {
  isTerminal?: boolean;
  columns?: number | undefined;
}

/** A logger on a fake output and clock. `train` runs batches [from, to) of 20 ms each, or of `ms`. */
function setUp({ isTerminal = true, columns = 100, ...params }: Setup = {}) {
  let time = 1_000_000;
  let written = '';
  const output: { columns: number | undefined } & ProgressOutput = {
    write: (text: string) => void (written += text),
    isTerminal,
    columns,
  };
  const logger = new ProgbarLogger({ output, now: () => time });
  const trainer = new FakeTrainer();
  logger.setModel(trainer);
  logger.setParams({ verbose: 1, epochs: 2, steps: 10, ...params });
  return {
    logger,
    output,
    trainer,
    pass: (ms: number) => void (time += ms),
    train: (from: number, to: number, ms = 20) => {
      for (let batch = from; batch < to; batch += 1) {
        logger.onTrainBatchBegin(batch);
        time += ms;
        logger.onTrainBatchEnd(batch, { loss: 1 / (batch + 1) });
      }
    },
    /** The output since the last call. */
    written: () => {
      const text = written;
      written = '';
      return text;
    },
  };
}

const full = '━'.repeat(20);

test('draws the bar in place and ends the epoch with validation metrics and the total time', () => {
  const { logger, train, pass, written } = setUp();
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  expect(written()).toBe('Epoch 1/2\n');
  train(0, 10);
  const draws = written().split('\r');
  expect(draws[0]).toBe(` 1/10 ━━${'─'.repeat(18)} 0s 20ms/step - loss: 1.0000`);
  expect(draws.at(-1)).toBe(`10/10 ${full} 0s 20ms/step - loss: 0.1000`);
  pass(2000);
  logger.onEpochEnd(0, { loss: 0.1, val_loss: 0.5 });
  expect(written()).toBe(`\r10/10 ${full} 2s 20ms/step - loss: 0.1000 - val_loss: 0.5000\n`);
});

test('redraws at most ten times a second, and always the last batch', () => {
  const { logger, train, written } = setUp({ steps: 1000 });
  logger.onEpochBegin(0);
  train(0, 1000, 1);
  expect(written().split('\r').length).toBe(1 + 9 + 1);
});

test('blanks what a longer line left behind', () => {
  const { logger, written, pass } = setUp();
  logger.onEpochBegin(0);
  logger.onTrainBatchEnd(0, { loss: -123456.7 });
  const before = written().split('\n').at(-1)!.length;
  pass(100);
  logger.onTrainBatchEnd(1, { loss: 1 });
  const redrawn = written();
  expect(redrawn).toMatch(/^\r.*loss: 1\.0000 +$/);
  expect(redrawn.length - 1).toBe(before);
});

test('keeps every redrawn line narrower than the terminal', () => {
  const { logger, train, written } = setUp({ columns: 30 });
  logger.onEpochBegin(0);
  train(0, 10, 100);
  const lines = written().split('\n').at(-1)!.split('\r');
  expect(lines).toHaveLength(10);
  for (const line of lines) expect([...line].length).toBeLessThan(30);
});

test.each([
  [
    40,
    [
      `10/10 ${full.slice(1)} 1s 100ms/step`,
      '  accuracy: 0.5000 - loss: 0.1000',
      '  val_accuracy: 0.5000',
      '  val_loss: 0.2000',
    ],
  ],
  [
    80,
    [
      `10/10 ${full} 1s 100ms/step - accuracy: 0.5000 - loss: 0.1000`,
      '  val_accuracy: 0.5000 - val_loss: 0.2000',
    ],
  ],
  [
    undefined,
    [
      `10/10 ${full} 1s 100ms/step - accuracy: 0.5000 - loss: 0.1000`,
      '  val_accuracy: 0.5000 - val_loss: 0.2000',
    ],
  ],
  [
    120,
    [
      `10/10 ${full} 1s 100ms/step - accuracy: 0.5000 - loss: 0.1000 - val_accuracy: 0.5000 - val_loss: 0.2000`,
    ],
  ],
])('breaks the last line of an epoch between metrics to fit %s columns', (columns, lines) => {
  const { logger, train, written, output } = setUp();
  output.columns = columns;
  logger.onEpochBegin(0);
  train(0, 10, 100);
  written();
  logger.onEpochEnd(0, { accuracy: 0.5, loss: 0.1, val_accuracy: 0.5, val_loss: 0.2 });
  const shown = written();
  expect(shown.split('\n').map((line) => line.replace(/^\r/, '').trimEnd())).toEqual([...lines, '']);
  for (const line of shown.split('\n')) expect(line.replace('\r', '').length).toBeLessThan(columns ?? 80);
});

test('fits a terminal that was made narrower during the epoch', () => {
  const { logger, train, written, output } = setUp({ columns: 100 });
  logger.onEpochBegin(0);
  train(0, 10, 100);
  written();
  output.columns = 40;
  logger.onEpochEnd(0, { loss: 0.1, val_loss: 0.2 });
  for (const line of written().split('\n')) expect(line.replace('\r', '').length).toBeLessThan(40);
});

test('an output that fails does not end the training: it is warned about once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  for (const write of [vi.fn(fail), vi.fn(async () => fail())]) {
    warn.mockClear();
    const logger = new ProgbarLogger({ output: { write, isTerminal: false } });
    logger.setParams({ verbose: 2, epochs: 3, steps: 1 });
    for (const epoch of [0, 1, 2]) {
      logger.onEpochBegin(epoch);
      logger.onEpochEnd(epoch, { loss: 1 });
      await new Promise(setImmediate);
    }
    expect(write).toHaveBeenCalledOnce();
    expect(warn).toHaveBeenCalledOnce();
  }
  warn.mockRestore();
});

function fail(): never {
  throw new Error('the socket is closed');
}

test('shows what the epoch will still take, by the batches after the first', () => {
  const { logger, pass, train, written } = setUp({ steps: 102 });
  logger.onEpochBegin(0);
  train(0, 1, 30_000);
  pass(0);
  train(1, 2, 500);
  expect(written()).toContain(`  2/102 ${'─'.repeat(20)} 50s 500ms/step`);
});

test('computes the rate of a resumed epoch from the batches since', () => {
  const { logger, train, written } = setUp({ steps: 1000 });
  logger.onEpochBegin(0);
  train(900, 901, 500);
  expect(written()).toContain('49s 500ms/step');
  train(901, 902, 500);
  expect(written()).toContain(`902/1000 ${'━'.repeat(18)}${'─'.repeat(2)} 49s 500ms/step`);
});

test('ends a resumed epoch of which only the validation was left', () => {
  const { logger, pass, written } = setUp();
  logger.onEpochBegin(1);
  pass(3000);
  logger.onEpochEnd(1, { loss: 0.25, val_loss: 0.5 });
  expect(written()).toBe(`Epoch 2/2\n10/10 ${full} 3s - loss: 0.2500 - val_loss: 0.5000\n`);
});

test('counts steps where one execution runs several', () => {
  const { logger, pass, written } = setUp({ steps: 7 });
  logger.onEpochBegin(0);
  for (const [first, last] of [
    [0, 2],
    [3, 5],
    [6, 6],
  ] as const) {
    logger.onTrainBatchBegin(first);
    pass(40 * (last - first + 1));
    logger.onTrainBatchEnd(last, { loss: 1 });
  }
  expect(
    written()
      .split('\r')
      .map((line) => /(\d\/7).*?(\d+ms)/.exec(line)?.slice(1)),
  ).toEqual([
    ['3/7', '40ms'],
    ['6/7', '40ms'],
    ['7/7', '40ms'],
  ]);
});

test('counts a stream of unknown length, and knows the length in the next epoch', () => {
  const { logger, train, written } = setUp({ steps: null });
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 3, 200);
  expect(written()).toBe(
    'Epoch 1/2\n1 step 0s 200ms/step - loss: 1.0000\r2 steps 0s 200ms/step - loss: 0.5000\r3 steps 1s 200ms/step - loss: 0.3333',
  );
  logger.onEpochEnd(0, { loss: 0.3 });
  expect(written()).toBe(`\r3/3 ${full} 1s 200ms/step - loss: 0.3000\n`);
  logger.onEpochBegin(1);
  train(0, 1, 200);
  expect(written()).toContain('1/3 ━━━━━━╸─');
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 1, 200);
  expect(written()).toContain('1 step 0s');
});

test('does not take an epoch cut short for the length of the stream', () => {
  const { logger, train, trainer, written } = setUp({ steps: null });
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 3);
  trainer.stopTraining = true;
  logger.onEpochEnd(0, { loss: 0.3 });
  written();
  logger.onEpochBegin(1);
  train(0, 1);
  expect(written()).toContain('1 step 0s');
});

test('shows how far an epoch came that was stopped', () => {
  const { logger, train, written } = setUp();
  logger.onEpochBegin(0);
  train(0, 4);
  written();
  logger.onEpochEnd(0, { loss: 0.3 });
  expect(written()).toContain('\r 4/10 ━━━━━━━━─');
});

test('leaves the last batch logs on show while there are no new ones', () => {
  const { logger, pass, written } = setUp();
  logger.onEpochBegin(0);
  logger.onTrainBatchEnd(0, { loss: 0.5 });
  pass(100);
  written();
  logger.onTrainBatchEnd(1, {});
  expect(written()).toContain('loss: 0.5000');
});

test('writes no epoch line where there is one epoch', () => {
  const { logger, train, written } = setUp({ epochs: 1 });
  logger.onEpochBegin(0);
  train(0, 10);
  expect(written()).not.toContain('Epoch');
});

test("ends the bar's line when training breaks off", async () => {
  const { logger, train, trainer, written } = setUp();
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 5);
  expect(written().endsWith('\n')).toBe(false);
  await trainer.settle();
  expect(written()).toBe('\n');
  logger.onTestBegin();
  logger.onTestBatchBegin(0);
  logger.onTestBatchEnd(0, { loss: 0.5 });
  expect(written()).toContain(' 1/10 ');
});

test('adds no line when training ends as it should', async () => {
  const { logger, train, trainer, written } = setUp();
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 10);
  logger.onEpochEnd(0, {});
  written();
  logger.onTrainEnd();
  await trainer.settle();
  expect(written()).toBe('');
});

test.each([0, 1, 2] as const)('without a terminal and with verbose %d writes whole lines only', (verbose) => {
  const { logger, train, written } = setUp({ isTerminal: false, verbose });
  logger.onTrainBegin();
  for (const epoch of [0, 1]) {
    logger.onEpochBegin(epoch);
    train(0, 10, 3);
    logger.onEpochEnd(epoch, { loss: 0.5, val_loss: 0.25 });
  }
  logger.onTrainEnd();
  const line = (epoch: number) =>
    `Epoch ${epoch}/2 - 10/10 - 0s - 3ms/step - loss: 0.5000 - val_loss: 0.2500\n`;
  expect(written()).toBe(verbose === 0 ? '' : line(1) + line(2));
});

test('with verbose 2 writes one line an epoch on a terminal too, however long', () => {
  const { logger, train, written } = setUp({ verbose: 2 });
  logger.onEpochBegin(0);
  train(0, 10, 60_000);
  logger.onEpochEnd(0, { loss: 0.5 });
  expect(written()).toBe('Epoch 1/2 - 10/10 - 600s - 60s/step - loss: 0.5000\n');
});

test('without a terminal tells of a long epoch each tenth of the way', () => {
  const { logger, train, written } = setUp({ isTerminal: false, steps: 100 });
  logger.onEpochBegin(0);
  train(0, 100, 2000);
  const lines = written().trimEnd().split('\n');
  expect(lines.map((line) => line.split(' - ')[1])).toEqual(
    [10, 20, 30, 40, 50, 60, 70, 80, 90].map((done) => `${done}/100`),
  );
  expect(lines[0]).toBe('Epoch 1/2 - 10/100 - 3:00 left - 2s/step - loss: 0.1000');
});

test('without a terminal does not tell again of the tenth that a resumed epoch begins in', () => {
  const { logger, train, written } = setUp({ isTerminal: false, steps: 100 });
  logger.onEpochBegin(0);
  train(45, 55, 4000);
  expect(written().match(/\d+\/100/g)).toEqual(['50/100']);
});

test('without a terminal leaves at least 10 s between progress lines', () => {
  const { logger, train, written } = setUp({ isTerminal: false, steps: 100 });
  logger.onEpochBegin(0);
  train(0, 100, 250);
  expect(written().match(/\d+\/100/g)).toEqual(['40/100', '80/100']);
});

test('without a terminal tells of a stream of unknown length once a minute', () => {
  const { logger, train, written } = setUp({ isTerminal: false, steps: null, epochs: 1 });
  logger.onEpochBegin(0);
  train(0, 150, 1000);
  expect(written()).toBe(
    '60 steps - 60s - 1s/step - loss: 0.0167\n120 steps - 120s - 1s/step - loss: 0.0083\n',
  );
});

test('shows an evaluation that runs by itself', () => {
  const { logger, pass, written } = setUp({ steps: 2, epochs: 1 });
  logger.onTestBegin();
  for (const batch of [0, 1]) {
    logger.onTestBatchBegin(batch);
    pass(500);
    logger.onTestBatchEnd(batch, { loss: 0.5 });
  }
  logger.onTestEnd({ loss: 0.25 });
  expect(written()).toBe(
    `1/2 ${'━'.repeat(10)}${'─'.repeat(10)} 0s 500ms/step - loss: 0.5000\r` +
      `2/2 ${full} 0s 500ms/step - loss: 0.5000\r2/2 ${full} 1s 500ms/step - loss: 0.2500\n`,
  );
});

test('shows a prediction that runs by itself, without metrics', () => {
  const { logger, pass, written } = setUp({ steps: 1, epochs: 1, isTerminal: false });
  logger.onPredictBegin();
  logger.onPredictBatchBegin(0);
  pass(500);
  logger.onPredictBatchEnd(0);
  logger.onPredictEnd();
  expect(written()).toBe('1/1 - 1s - 500ms/step\n');
});

test('is silent about validation and prediction within a training, and speaks of those after it', () => {
  const { logger, train, written } = setUp();
  const evaluate = () => {
    logger.onTestBegin();
    logger.onTestBatchBegin(0);
    logger.onTestBatchEnd(0, { loss: 9 });
    logger.onTestEnd({ loss: 9 });
    logger.onPredictBegin();
    logger.onPredictBatchBegin(0);
    logger.onPredictBatchEnd(0);
    logger.onPredictEnd();
  };
  logger.onTrainBegin();
  logger.onEpochBegin(0);
  train(0, 10);
  written();
  evaluate();
  expect(written()).toBe('');
  logger.onEpochEnd(0, {});
  expect(written()).toContain('20ms/step');
  logger.onTrainEnd();
  evaluate();
  expect(written()).toContain('loss: 9.0000');
});

test('asks for recent batch logs only', () => {
  expect(new ProgbarLogger().batchLogs).toBe('latest');
});

test.each([[{ output: {} }], [{ now: 5 }], [{ stream: null }]])('refuses the options %o', (options) => {
  expect(() => new ProgbarLogger(options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
