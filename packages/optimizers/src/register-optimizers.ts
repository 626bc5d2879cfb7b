import * as tf from '@tensorflow/tfjs-core';
import { Adadelta } from './optimizers/adadelta.js';
import { Adafactor } from './optimizers/adafactor.js';
import { Adagrad } from './optimizers/adagrad.js';
import { Adam } from './optimizers/adam.js';
import { AdamW } from './optimizers/adam-w.js';
import { Adamax } from './optimizers/adamax.js';
import { Ftrl } from './optimizers/ftrl.js';
import { Lamb } from './optimizers/lamb.js';
import { Lion } from './optimizers/lion.js';
import { Muon } from './optimizers/muon.js';
import { Nadam } from './optimizers/nadam.js';
import { RMSprop } from './optimizers/rmsprop.js';
import { ScheduleFreeAdamW } from './optimizers/schedule-free-adam-w.js';
import { SGD } from './optimizers/sgd.js';
import { cosineDecay } from './schedules/cosine-decay.js';
import { cosineDecayRestarts } from './schedules/cosine-decay-restarts.js';
import { exponentialDecay } from './schedules/exponential-decay.js';
import { inverseTimeDecay } from './schedules/inverse-time-decay.js';
import { piecewiseConstantDecay } from './schedules/piecewise-constant-decay.js';
import { polynomialDecay } from './schedules/polynomial-decay.js';

type ReadConfig = (cls: never, config: tf.serialization.ConfigDict) => tf.serialization.Serializable;

/**
 * Registers the optimizers and schedules of this package with tfjs, so that `tf.loadLayersModel` can read a
 * model that was saved with its optimizer. Models saved with tfjs' own optimizers are read as before.
 */
export function registerOptimizers(): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap as unknown as Record<
    string,
    readonly [cls: unknown, read: ReadConfig] | undefined
  >;
  const classes = [
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    AdamW,
    Adamax,
    Ftrl,
    Lamb,
    Lion,
    Muon,
    Nadam,
    RMSprop,
    ScheduleFreeAdamW,
    SGD,
  ];
  for (const cls of classes) {
    const before = known[cls.className];
    if (before?.[0] === cls) continue;
    tf.serialization.registerClass(cls);
    // tfjs has classes of the same names. Only ours have averages.
    known[cls.className] = [
      cls,
      (_, config) =>
        before === undefined || 'useEma' in config
          ? cls.fromConfig(cls as never, config)
          : before[1](before[0] as never, config),
    ];
  }
  for (const [className, create] of Object.entries({
    CosineDecay: cosineDecay,
    CosineDecayRestarts: cosineDecayRestarts,
    ExponentialDecay: exponentialDecay,
    InverseTimeDecay: inverseTimeDecay,
    PiecewiseConstantDecay: piecewiseConstantDecay,
    PolynomialDecay: polynomialDecay,
  }))
    known[className] = [create, (_, config) => create(config as never) as never];
}
