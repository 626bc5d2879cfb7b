import { afterEach, expect, test, vi } from 'vitest';
import { TensorBoard, type TensorBoardOptions } from '../src/index.js';
import { MemorySink } from './helpers/memory-sink.js';
import { BATCHES, play } from './helpers/played-training.js';
import { readEvents } from './helpers/read-events.js';
import { bytesOf, killed, newSinks, now, testKills } from './helpers/test-kills.js';

afterEach(() => void vi.restoreAllMocks());

// Each pair of points is tried by `npm run test:long`.
testKills((killedAfter) => [...new Set([0, killedAfter >> 1, killedAfter])]);

test('killed twice, the second time before anything was written anew, the files are whole all the same', async () => {
  const options: TensorBoardOptions = { updateFreq: 'batch', now };
  const whole = newSinks();
  await play(new TensorBoard(whole, options));
  const first = newSinks();
  const { states } = await play(new TensorBoard(first, options), { killedAfter: 7 });
  const second = { train: first.train.afterKill(0), validation: first.validation.afterKill(0) };
  const from = { state: states[6]!, point: 6 };
  const again = await play(new TensorBoard(second, options), { from, killedAfter: 7 });
  const third = { train: second.train.afterKill(0.5), validation: second.validation.afterKill(0.5) };
  await play(new TensorBoard(third, options), { from: { state: again.states[0]!, point: 7 } });
  expect(bytesOf(third)).toEqual(bytesOf(whole));
});

test('with real times, only the wall times of what is trained again differ', async () => {
  let time = 0;
  const options: TensorBoardOptions = { updateFreq: 'batch', now: () => (time += 1000) };
  const whole = newSinks();
  await play(new TensorBoard(whole, options));
  const sinks = await (await killed(options, {}, 8))(3, 1);
  const withoutTimes = ({ bytes }: MemorySink): unknown[] =>
    readEvents(bytes).points.map((point) => ({ ...point, wallTime: 0 }));
  expect(withoutTimes(sinks.train)).toEqual(withoutTimes(whole.train));
  expect(sinks.train.bytes.length).toBe(whole.train.bytes.length);
  const times = readEvents(sinks.train.bytes).points.map(({ wallTime }) => wallTime);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('a complete run that is resumed and trains nothing cuts off what was written after its state', async () => {
  const sinks = newSinks();
  const { states } = await play(new TensorBoard(sinks, { now }));
  const expected = bytesOf(sinks);
  await sinks.train.append('torn');
  await play(new TensorBoard(sinks, { now }), { from: { state: states.at(-1)!, point: states.length - 1 } });
  expect(bytesOf(sinks)).toEqual(expected);
});

/** The points of epochs, without the learning rate, which the logs do not have. */
const epochsIn = ({ bytes }: MemorySink): unknown[] =>
  readEvents(bytes).points.filter(({ tag }) => tag.startsWith('epoch_') && tag !== 'epoch_learning_rate');

test.each<[string, (file: MemorySink) => MemorySink]>([
  ['is gone', () => new MemorySink()],
  ['is cut', ({ bytes }) => new MemorySink(bytes.slice(0, 50))],
  ['is a longer one of another training', () => new MemorySink(new Uint8Array(5000).fill(7))],
])('a file that %s is begun again with the epochs of the history, at each point', async (_, change) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const options: TensorBoardOptions = { updateFreq: 2, histogramFreq: 1, now };
  const whole = newSinks();
  const { states } = await play(new TensorBoard(whole, options));
  for (let saved = BATCHES + 1; saved < states.length; saved += 1) {
    warn.mockClear();
    const sinks = newSinks();
    await play(new TensorBoard(sinks, options), { killedAfter: saved });
    const left = { train: change(sinks.train), validation: change(sinks.validation) };
    await play(new TensorBoard(left, options), { from: { state: states[saved]!, point: saved } });
    for (const file of ['train', 'validation'] as const) {
      expect(epochsIn(left[file]), `${file} after ${saved}`).toEqual(epochsIn(whole[file]));
      expect(readEvents(left[file].bytes).versions).toHaveLength(1);
    }
    expect(warn.mock.calls.flat()).toEqual(Array(2).fill(expect.stringContaining('begun again')));
  }
});

test('one file for both is begun again with the epochs of both', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const whole = new MemorySink();
  const { states } = await play(new TensorBoard({ train: whole }, { now }));
  const train = new MemorySink();
  await play(new TensorBoard({ train }, { now }), {
    from: { state: states.at(-1)!, point: states.length - 1 },
  });
  expect(epochsIn(train)).toEqual(epochsIn(whole));
});

test('with append, a longer file of another training is kept', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const options: TensorBoardOptions = { append: true, now };
  const other = { train: new MemorySink(new Uint8Array(5000).fill(7)), validation: new MemorySink() };
  const { states } = await play(new TensorBoard(newSinks(), options), { killedAfter: 7 });
  const before = other.train.bytes;
  await play(new TensorBoard(other, options), { from: { state: states[7]!, point: 7 } });
  expect(other.train.bytes.slice(0, before.length)).toEqual(before);
});

test('a validation file that is new in a resumed run is begun', async () => {
  const train = new MemorySink();
  const { states } = await play(new TensorBoard({ train }, { now }), { killedAfter: 10 });
  const validation = new MemorySink();
  await play(new TensorBoard({ train, validation }, { now }), { from: { state: states[10]!, point: 10 } });
  const { versions, points } = readEvents(validation.bytes);
  expect([versions.length, points.map(({ step }) => step)]).toEqual([1, [12, 12, 2, 2]]);
});
