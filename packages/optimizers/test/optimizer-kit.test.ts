import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { optimizerConformance } from '@keepfit/fit/testing';
import { adamW } from '../src/index.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';

beforeAll(() => useBackend(cpuBackend()));

describe('adamW with everything that keeps state', () =>
  optimizerConformance({
    test,
    optimizer: () => adamW({ globalClipnorm: 1, useEma: true, gradientAccumulationSteps: 2 }),
    crashAfter: [3],
  }));

describe("tfjs' own momentum", () =>
  optimizerConformance({
    test,
    optimizer: () => tf.train.momentum(0.1, 0.9),
    crashAfter: [3],
    known: { 'hygiene: dispose frees the state': 'tfjs keeps the momentum' },
  }));
