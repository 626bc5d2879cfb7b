import { expect, test } from 'vitest';
import { TensorBoard, type TensorBoardOptions } from '../../src/index.js';
import { MemorySink } from './memory-sink.js';
import { BATCHES, EPOCHS, play, type PlayOptions } from './played-training.js';

export const now = (): number => 1_500;
const BEFORE = Uint8Array.of(1, 2, 3);

export type Sinks = Record<'train' | 'validation', MemorySink>;

export function newSinks(): Sinks {
  return { train: new MemorySink(BEFORE), validation: new MemorySink(BEFORE) };
}

export const bytesOf = ({ train, validation }: Sinks): string[] =>
  [train, validation].map(({ bytes }) => Buffer.from(bytes).toString('hex'));

/** Kills at one point. Returns what continues from an earlier state in a new process, and resolves to the files. */
export async function killed(
  options: TensorBoardOptions,
  playing: PlayOptions,
  killedAfter: number,
): Promise<(saved: number, share: number) => Promise<Sinks>> {
  const sinks = newSinks();
  const { states } = await play(new TensorBoard(sinks, options), { ...playing, killedAfter });
  return async (saved, share) => {
    const left = { train: sinks.train.afterKill(share), validation: sinks.validation.afterKill(share) };
    await play(new TensorBoard(left, options), { ...playing, from: { state: states[saved]!, point: saved } });
    return left;
  };
}

const cases: readonly [TensorBoardOptions, number][] = [
  [{}, 1],
  [{ updateFreq: 'batch', histogramFreq: 2 }, 1],
  [{ updateFreq: 3, append: true }, 1],
  [{ updateFreq: 3 }, 2],
];

/**
 * Tests what continues a run that was killed, at each point.
 *
 * @param listSaved Up to which points the last backup had come.
 */
export function testKills(listSaved: (killedAfter: number) => readonly number[]): void {
  for (const [given, stepsPerExecution] of cases) {
    const points = EPOCHS * (BATCHES / stepsPerExecution + 1);
    const what = `${JSON.stringify(given)}, ${stepsPerExecution} steps an execution`;

    test.each([
      ['lost', 0],
      ['torn', 0.47],
      ['kept', 1],
    ])(
      `killed and resumed at every point, the files are those of a run that was not (${what}), what was not flushed is %s`,
      async (_, share) => {
        const options = { ...given, now };
        const whole = newSinks();
        await play(new TensorBoard(whole, options), { stepsPerExecution });
        const expected = bytesOf(whole);
        for (let killedAfter = 0; killedAfter < points; killedAfter += 1) {
          const resume = await killed(options, { stepsPerExecution }, killedAfter);
          for (const saved of listSaved(killedAfter)) {
            const sinks = await resume(saved, share);
            expect(bytesOf(sinks), `saved at ${saved}, killed at ${killedAfter}`).toEqual(expected);
          }
        }
      },
    );
  }
}
