// What people write, as TypeScript sees it. The root tsconfig checks this file, and so does type-probe.test.ts.
import { Callback, type CallbackHooks, LambdaCallback, type Logs } from '@keepfit/callbacks';
import {
  type Arrays,
  type BatchData,
  type EvaluateArguments,
  type FitArguments,
  type LossName,
  type MetricName,
  type Model,
  type OptimizerName,
  Trainer,
} from '@keepfit/fit';
import { getLoss } from '@keepfit/fit/losses';
import { getMetric } from '@keepfit/fit/metrics';
import { evaluate, fit } from '@keepfit/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';

declare const model: LayersModel;
declare const own: Model;
declare const trainer: Trainer;
declare const dataset: { iterator(): Promise<{ next(): Promise<{ value: unknown; done: boolean }> }> };
declare const computed: string;

/** The names that a test compares with those that are understood. */
export interface Names {
  readonly loss: LossName;
  readonly metric: MetricName;
  readonly optimizer: OptimizerName;
}

export async function batchesNeedNoHole(): Promise<void> {
  await fit(model, dataset, { epochs: 2, stepsPerExecution: 2 });
  await fit(model, () => [{ xs: [[1]], ys: [[1]] }]);
  await fit(model, [[1]], [[1]], { epochs: 2 });
  await fit(model, { a: [[1]] }, { verbose: [[1]], epochs: [[2]] }, { epochs: 2 });
  await trainer.fit(dataset, { epochs: 2 });
  await trainer.fit([[1]], [[1]]);
  const losses = [
    (await evaluate(model, dataset, { steps: 2 })).loss,
    (await evaluate(model, [[1]], [[1]], { batchSize: 1 })).loss,
    (await trainer.evaluate(dataset)).loss,
    (await trainer.evaluate([[1]], [[1]], {})).loss,
  ];
  losses.map((loss) => loss.toFixed(2));
}

/** As in Keras' `self.model`. */
export const computes = {
  async setModel(view: Parameters<NonNullable<CallbackHooks['setModel']>>[0]): Promise<void> {
    await view.predict([[1]]);
    (await view.evaluate(dataset, { steps: 2 })).loss.toFixed(2);
    (await view.evaluate({ a: [[1]] }, { verbose: [[1]] }, { batchSize: 1 })).loss.toFixed(2);
    view.setWeights(await view.getWeights());
    view.optimizer.className.toUpperCase();
    // @ts-expect-error There are no targets.
    await view.evaluate([[1]], { batchSize: 1 });
    // @ts-expect-error A hole before the options.
    await view.evaluate(dataset, undefined, { steps: 2 });
    // @ts-expect-error A record to read.
    view.optimizer.learningRate = 0.1;
  },
};

export async function arraysNeedTargets(): Promise<void> {
  // @ts-expect-error There are no targets.
  await fit(model, [[1]]);
  // @ts-expect-error There are no targets.
  await fit(model, [[1]], undefined, { epochs: 1 });
  // @ts-expect-error The options are no targets.
  await fit(model, [[1]], { epochs: 1 });
  // @ts-expect-error There are no targets.
  await evaluate(model, [[1]], undefined, {});
  // @ts-expect-error There are no targets.
  await trainer.fit([[1]], undefined, { epochs: 1 });
  // @ts-expect-error The options are no targets.
  await trainer.evaluate([[1]], { steps: 1 });
}

export async function batchesHaveTheirTargets(): Promise<void> {
  // @ts-expect-error A hole before the options.
  await fit(model, dataset, undefined, { epochs: 2 });
  // @ts-expect-error Targets of their own.
  await fit(model, dataset, [[1]], { epochs: 2 });
  // @ts-expect-error Targets of their own.
  await trainer.fit(dataset, [[1]]);
  // @ts-expect-error Options twice.
  await trainer.evaluate(dataset, { steps: 1 }, { steps: 1 });
  // @ts-expect-error Batches as targets.
  await trainer.fit([[1]], dataset);
}

export const passOn = {
  fit: (...data: FitArguments) => fit(model, ...data),
  evaluate: (...data: EvaluateArguments) => trainer.evaluate(...data),
  split: (data: readonly [x: BatchData] | readonly [x: Arrays, y: Arrays]) =>
    trainer.fit(...data, { epochs: 2 }),
  extended: class extends Trainer {
    override fit(...data: FitArguments) {
      return super.fit(...data);
    }
  },
};

export function misspeltNames(): unknown[] {
  return [
    // @ts-expect-error 'adam' is misspelt.
    new Trainer(own, { optimizer: 'adma', loss: 'meanSquaredError', metrics: ['accuracy'] }),
    // @ts-expect-error 'meanSquaredError' is misspelt.
    new Trainer(own, { optimizer: 'adam', loss: 'meanSquaredErorr', metrics: ['accuracy'] }),
    // @ts-expect-error 'accuracy' is misspelt.
    new Trainer(own, { optimizer: 'adam', loss: 'meanSquaredError', metrics: ['acuracy'] }),
    // @ts-expect-error One of several losses is misspelt.
    new Trainer(own, { optimizer: 'adam', loss: ['mse', 'maee'] }),
    // @ts-expect-error The loss of one output is misspelt.
    new Trainer(own, { optimizer: 'adam', loss: { out: 'maee' } }),
    // @ts-expect-error The metric of one output is misspelt.
    new Trainer(own, { optimizer: 'adam', loss: 'mse', metrics: { out: ['acuracy'] } }),
    // @ts-expect-error Names are not understood in any mix of cases.
    new Trainer(own, { optimizer: 'ADAM', loss: 'mse' }),
    // @ts-expect-error 'huber' is misspelt.
    getLoss('hubert'),
    // @ts-expect-error 'auc' is misspelt.
    getMetric('acu'),
    // @ts-expect-error A string that is computed may be any.
    new Trainer(own, { optimizer: computed, loss: 'mse' }),
  ];
}

export function knownNames(): unknown[] {
  return [
    new Trainer(own, { optimizer: 'adam', loss: 'meanSquaredError', metrics: ['accuracy', 'mae'] }),
    new Trainer(own, { optimizer: 'RMSprop', loss: 'mean_squared_error', metrics: ['AUC'] }),
    new Trainer(own, { optimizer: computed as OptimizerName, loss: computed as LossName }),
    new Trainer(own, {
      optimizer: 'sgd',
      loss: ['mse', 'MAE'],
      metrics: [['acc'], [computed as MetricName]],
    }),
    new Trainer(own, { optimizer: 'sgd', loss: { out: getLoss('Huber', { delta: 2 }) } }),
  ];
}

const hook: CallbackHooks = {
  onEpochEnd: (_epoch, logs: Logs) => console.log(logs.loss.toFixed(4)),
  onTrainBatchEnd: (batch, logs) => console.log(batch.toFixed(), logs.loss.toFixed(4)),
  onTestEnd: (logs) => console.log(logs.loss.toFixed(4)),
  // @ts-expect-error No epoch may have ended, so there may be no loss.
  onTrainEnd: (logs) => console.log(logs.loss.toFixed(4)),
  // @ts-expect-error There are no logs at a beginning.
  onTrainBegin: (logs: Logs) => console.log(logs.loss),
};

export async function oneCallbackOrAList(): Promise<void> {
  await fit(model, [[1]], [[1]], { callbacks: hook });
  await fit(model, [[1]], [[1]], { callbacks: [hook, new Whole()] });
  await evaluate(model, dataset, { callbacks: new Whole() });
  await trainer.predict([[1]], { callbacks: { onPredictEnd: () => {} } });
  // @ts-expect-error A class is no callback.
  await fit(model, dataset, { callbacks: Whole });
}

export const peek: CallbackHooks = {
  setModel(view) {
    view.stopTraining = true;
  },
};

class Whole extends Callback {
  override readonly name = 'Whole';
  override async onEpochEnd(epoch: number, logs: Logs) {
    if (logs.loss < epoch) this.model.stopTraining = true;
  }
  override onTrainEnd(logs: Partial<Logs>) {
    console.log(logs.loss?.toFixed(2));
  }
  // The parameters of a property's arrow function are typed without annotations.
  override onTrainBatchEnd: CallbackHooks['onTrainBatchEnd'] = (batch, logs) => {
    console.log(batch.toFixed(), logs.loss.toFixed(2));
  };
}

class Wrong extends Callback {
  // @ts-expect-error The epoch is a number.
  override onEpochEnd(epoch: string) {
    console.log(epoch);
  }
  // @ts-expect-error Logs are numbers.
  override onTrainBatchEnd(_batch: number, logs: { loss: string }) {
    console.log(logs);
  }
  // @ts-expect-error There are no logs at a beginning.
  override onEpochBegin(_epoch: number, logs: Logs) {
    console.log(logs);
  }
  // @ts-expect-error There is no such hook.
  override onEpochEnded() {}
  // @ts-expect-error noImplicitOverride wants `override`.
  onTrainBegin() {}
}

/** In methods, `this` is the callback. */
export const lambda = new LambdaCallback({
  onEpochEnd(epoch, logs) {
    if (epoch > 3 && logs.loss < 0.1) this.model.stopTraining = true;
  },
});

export const classes = [Whole, Wrong];
