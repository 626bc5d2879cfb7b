import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  LearningRateScheduler,
  ReduceLROnPlateau,
  type TrainerView,
} from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { adamW, cosineDecay, type Schedule, sgd } from '@keepfit/optimizers';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';
import { throwAt } from '../helpers/throw-at.js';
import { plainTrainer, trainPlain } from '../helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

const cosine = (decaySteps = 10) => cosineDecay({ initialLearningRate: 0.1, decaySteps });
const options = { epochs: 2, validationData: undefined } as const;
const train = (learningRate: number | Schedule, before: readonly CallbackHooks[] = []) =>
  trainPlain({ options, trainer: { optimizer: adamW({ learningRate }) }, before });

test('callbacks and the trainer see the rate in force at the next step', async () => {
  const rates: number[] = [];
  let model: TrainerView | undefined;
  const look: CallbackHooks = {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainBatchBegin: () => void rates.push(model!.learningRate),
    onTrainEnd: () => {
      expect(model!.optimizer).toMatchObject({ className: 'AdamW', iterations: 8, hasSchedule: true });
      expect(model!.optimizer.learningRate).toBe(model!.learningRate);
      expect(model!.optimizer.config['learningRate']).toEqual({
        class: 'CosineDecay',
        initialLearningRate: 0.1,
        decaySteps: 10,
      });
    },
  };
  const trainer = plainTrainer({ trainer: { optimizer: adamW({ learningRate: cosine() }) } });
  await trainPlain({ options, before: [look] }, trainer);
  const schedule = cosine();
  expect(rates).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(schedule));
  expect(trainer.learningRate).toBe(schedule(8));
});

describe('with a schedule', () => {
  test.each([
    ['LearningRateScheduler', () => new LearningRateScheduler((_, rate) => rate)],
    ['ReduceLROnPlateau', () => new ReduceLROnPlateau({ monitor: 'loss' })],
  ] as const)('%s is refused before the first step', async (name, callback) => {
    const trainer = plainTrainer({ trainer: { optimizer: adamW({ learningRate: cosine() }) } });
    const error = await caught(trainPlain({ options, before: [callback()] }, trainer));
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
    expect(error.message).toContain(`${name} cannot set the learning rate because the optimizer AdamW has`);
    expect(trainer.optimizer.iterations).toBe(0);
  });

  test('setting the rate is refused, by a hook and by the trainer', async () => {
    const trainer = plainTrainer({ trainer: { optimizer: sgd({ learningRate: cosine() }) } });
    expect(() => (trainer.learningRate = 0.5)).toThrow(
      'KEEPFIT_INVALID_OPTION: learningRate cannot be set to 0.5 because the optimizer SGD has a schedule',
    );
    let model: TrainerView | undefined;
    const set: CallbackHooks = {
      setModel: (view) => void (model = view),
      onEpochBegin: () => void (model!.learningRate = 1),
    };
    expect((await caught(trainPlain({ options, before: [set] }, trainer))).message).toContain(
      'learningRate cannot be set to 1',
    );
  });
});

describe('the fingerprint', () => {
  /** What a resume with another rate says, or the rates it trains with if it may. */
  async function resume(first: number | Schedule, second: number | Schedule): Promise<string> {
    const store = memoryStore();
    const crash = throwAt({ hook: 'onTrainBatchBegin', call: 4 });
    await caught(train(first, [new BackupAndRestore(store, { saveFreq: 1 }), crash]));
    const error: unknown = await train(second, [new BackupAndRestore(store)]).then(
      () => 'continued',
      (failure: unknown) => failure,
    );
    return error instanceof Error ? error.message : String(error);
  }

  test('has a schedule by name and options, or by its source text, and no plain rate', async () => {
    expect(await resume(cosine(), cosine())).toBe('continued');
    const atDefaults = cosineDecay({ initialLearningRate: 0.1, decaySteps: 10, alpha: 0, warmupSteps: 0 });
    expect(await resume(atDefaults, cosine())).toBe('continued');
    expect(await resume(cosine(), cosine(11))).toMatch(
      /Differences:\n  optimizer\.schedule\.decaySteps: saved 10, now 11\n(?!  )/,
    );
    expect(
      await resume(
        (step) => 0.1 / (step + 1),
        (step) => 0.1 / (step + 1),
      ),
    ).toBe('continued');
    expect(
      await resume(
        (step) => 0.1 / (step + 1),
        (step) => 0.1 / (step + 2),
      ),
    ).toMatch(/optimizer\.schedule: saved "\(step\) => 0?\.1 \/ \(step \+ 1\)", now/);
    expect(await resume(0.1, 0.2)).toBe('continued');
    expect(await resume(0.1, cosine())).toMatch(/optimizer\.schedule: saved null, now/);
  });

  test('of another schedule, chosen knowingly: the new one, or the new rate, holds from the next step on', async () => {
    for (const [first, second, wanted] of [
      [cosine(), cosine(20), cosine(20)(3)],
      [cosine(), 0.25, 0.25],
      [0.25, cosine(), cosine()(3)],
      [0.25, 0.5, 0.25 * 0.95 ** 3],
    ] as const) {
      const store = memoryStore();
      const crash = throwAt({ hook: 'onTrainBatchBegin', call: 4 });
      await caught(train(first, [new BackupAndRestore(store, { saveFreq: 1 }), crash]));
      const rates: number[] = [];
      let model: TrainerView | undefined;
      const look: CallbackHooks = {
        batchLogs: false,
        setModel: (view) => void (model = view),
        onTrainBatchBegin: () => void rates.push(model!.learningRate),
      };
      await train(second, [new BackupAndRestore(store, { onMismatch: 'continue' }), look]);
      expect(rates[0]).toBeCloseTo(wanted, 12);
    }
  });
});
