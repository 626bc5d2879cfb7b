import { type Optimizer, train } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildConvnet } from './helpers/build-convnet.js';
import { recurrentModel } from './helpers/other-models.js';
import { testModels, testSeveralCrashes } from './helpers/resume-tests.js';
import { testEveryCrash } from './helpers/test-every-crash.js';

testEveryCrash([1, 2, 'epoch']);
testEveryCrash([3], ['onTrainBatchBegin', 'onEpochBegin']);
testSeveralCrashes([1, 2, 'epoch']);
testModels([
  ['a recurrent model with dropout', recurrentModel],
  [
    'RMSProp and stepsPerExecution',
    (seed) => recompiled(buildConvnet(seed), () => train.rmsprop(0.01, 0.9, 0.5, 1e-7, true)),
  ],
  ['Adamax', (seed) => recompiled(buildConvnet(seed), () => train.adamax(0.02))],
]);

function recompiled(model: LayersModel, optimizer: () => Optimizer): LayersModel {
  model.compile({ optimizer: optimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}
