import type { ModelBatches, ModelData, StateRecord, TrainerView, WeightValues } from '@keepfit/callbacks';
import type { Arrays, BatchData } from '@keepfit/fit';
import type { data as tfData } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectTypeOf, test } from 'vitest';

type Take<T> = (given: T) => void;

test('a view takes the data that fit takes, without a type of tfjs', () => {
  expectTypeOf<Arrays>().toExtend<ModelData>();
  expectTypeOf<Tensor>().toExtend<ModelData>();
  expectTypeOf<Tensor[]>().toExtend<ModelData>();
  expectTypeOf<number[][]>().toExtend<ModelData>();
  expectTypeOf<BatchData>().toExtend<ModelBatches>();
  expectTypeOf<tfData.Dataset<{ xs: Tensor; ys: Tensor }>>().toExtend<ModelBatches>();
  expectTypeOf<string>().not.toExtend<ModelData | ModelBatches>();
  expectTypeOf<Float32Array>().not.toExtend<readonly Tensor[] | ModelBatches>();
});

test('what a view returns may be given back to it and to fit, and kept in a state', () => {
  expectTypeOf<WeightValues>().toExtend<StateRecord>();
  expectTypeOf<WeightValues[string]>().toExtend<ModelData & Arrays>();
  expectTypeOf<Awaited<ReturnType<TrainerView['predict']>>>().toExtend<ModelData & Arrays>();
  expectTypeOf<Awaited<ReturnType<TrainerView['getWeights']>>>().toExtend<
    Parameters<TrainerView['setWeights']>[0]
  >();
});

test('arrays need targets, batches take none, and options are known', () => {
  const use: Take<TrainerView> = (view) => {
    void view.evaluate([[1]], [[1]], { batchSize: 2 });
    void view.evaluate(() => [], { steps: 2 });
    // @ts-expect-error: arrays without targets
    void view.evaluate([[1]]);
    // @ts-expect-error: arrays without targets
    void view.evaluate([[1]], { batchSize: 2 });
    // @ts-expect-error: a misspelt option
    void view.predict([[1]], { batchsize: 2 });
    // @ts-expect-error: to read
    view.optimizer.learningRate = 1;
  };
  expectTypeOf(use).toBeFunction();
});
