import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { Model } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { LogSink } from '../objective/running-logs.js';
import { computeGradients, hasOwnMinimize } from '../optimizer/minimize.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { getOptimizerClass } from '../optimizer/optimizer-kind.js';
import type { StepLogs, TrainStepContext, TrainStepOptions } from './custom-options.js';
import { createStepBatch } from './step-batch.js';
import type { StepTools } from './compute.js';
import type { StepRuns } from './step.js';
import { createStepRandom } from './step-random.js';
import {
  explainNoGradient,
  HeldTensors,
  readLogs,
  readScalar,
  refuseOtherWrites,
  refusePromise,
  TensorCount,
  watchOtherVariables,
  watchWeights,
} from './step-results.js';

type Functions = Pick<TrainStepOptions<unknown>, 'trainStep' | 'testStep'>;

/** A step that the user writes: `trainStep` and `testStep`. */
export class OwnStep implements StepRuns {
  readonly #model: Model;
  readonly #functions: Functions;
  readonly #roles: ReadonlyMap<string, OptimizerRole>;
  readonly #count = new TensorCount();
  /** Tensors that the optimizers have made since the step began. */
  #madeByOptimizers = 0;
  /** Variables that the optimizers have written in this step. */
  readonly #ofOptimizers = new Set<tf.Variable>();

  readonly sharded =
    'trainStep changes the weights itself; give phases, which tell losses and optimizers apart';

  constructor(model: Model, functions: Functions, roles: readonly OptimizerRole[]) {
    this.#model = model;
    this.#functions = functions;
    this.#roles = new Map(roles.map((role) => [role.name ?? '', role]));
  }

  train(batch: Batch, logs: LogSink, tools: StepTools): void {
    const context = { random: createStepRandom(tools.random), ...this.#members };
    this.#madeByOptimizers = 0;
    this.#ofOptimizers.clear();
    this.#count.begin();
    this.#run('trainStep', batch, logs, () => this.#functions.trainStep(createStepBatch(batch), context));
  }

  test(batch: Batch, logs: LogSink, tools: StepTools): void {
    if (this.#functions.testStep === undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        'a training by trainStep cannot be evaluated without testStep; give testStep beside trainStep, or leave out validation',
      );
    }
    const findChanged = watchWeights(this.#model.weights);
    const random = createStepRandom(tools.random);
    this.#run(
      'testStep',
      batch,
      logs,
      () =>
        // `this` is the user's object.
        this.#functions.testStep?.(createStepBatch(batch), { random }) ?? {},
    );
    const [changed] = findChanged();
    if (changed === undefined) return;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `testStep changed the weight "${changed.name}"; an evaluation must only compute, with training: false for the layers`,
    );
  }

  #run(what: 'trainStep' | 'testStep', batch: Batch, logs: LogSink, step: () => StepLogs): void {
    const held = new HeldTensors();
    let values: ReadonlyMap<string, tf.Scalar> = new Map();
    try {
      tf.tidy(() => {
        const isOurs = (variable: tf.Variable) => this.#ofOptimizers.has(variable);
        const returned = refuseOtherWrites(what, this.#model.weights, step, isOurs);
        refusePromise(what, returned);
        values = readLogs(what, returned, held);
      });
      if (what === 'trainStep') this.#count.check(what, held.count + this.#madeByOptimizers);
      const own = new Map([...values].map(([key, value]) => [key, tf.keep(value.clone()) as tf.Scalar]));
      logs.addMeans({ values: own, weight: batch.size });
    } catch (error) {
      releaseTape();
      throw explainMissingKernel(error, this.#model, [...batch.inputs], what === 'trainStep');
    } finally {
      releaseTape();
      held.dispose();
    }
  }

  readonly #members: Omit<TrainStepContext, 'random'> = {
    minimize: (optimizer, loss) => {
      const role = this.#find(optimizer);
      const values: tf.Scalar[] = [];
      try {
        this.#update(() => {
          explaining(optimizer, () =>
            role.minimize(this.#model.weights, () => {
              const returned = refuseOtherWrites(nameLoss(optimizer), this.#model.weights, loss);
              const value = tf.keep(readLoss(optimizer, returned).clone());
              values.push(value);
              return value;
            }),
          );
          return values.length;
        });
        // The step frees the clone.
        return readLoss(optimizer, values.at(-1)).clone();
      } finally {
        tf.dispose(values);
      }
    },
    gradients: (optimizer, loss) => {
      const role = this.#find(optimizer);
      if (hasOwnMinimize(role.optimizer)) {
        throw new KeepfitError(
          'KEEPFIT_INVALID_OPTION',
          `the optimizer ${getOptimizerClass(role.optimizer)} of "${optimizer}" minimizes in its own way, so its gradients cannot be computed separately; call minimize`,
        );
      }
      const trained = role.listTrained(this.#model.weights);
      let value: tf.Scalar | undefined;
      const computed = explaining(optimizer, () =>
        computeGradients(
          role.optimizer,
          () => (value = readLoss(optimizer, loss())),
          trained.map(({ variable }) => variable),
        ),
      );
      const named = trained.flatMap(({ name, variable }) => {
        const gradient = computed[variable.name] as tf.Tensor | undefined;
        return gradient instanceof tf.Tensor ? [[name, gradient] as const] : [];
      });
      return { loss: value as unknown as tf.Scalar, gradients: Object.fromEntries(named) };
    },
    apply: (optimizer, gradients) => {
      const role = this.#find(optimizer);
      const trained = new Map(
        role.listTrained(this.#model.weights).map(({ name, variable }) => [name, variable]),
      );
      for (const [name, gradient] of Object.entries(gradients))
        checkGradient(optimizer, name, gradient, trained.get(name));
      this.#update(() => {
        role.apply(this.#model.weights, new Map(Object.entries(gradients)));
        return 0;
      });
    },
  };

  #find(name: string): OptimizerRole {
    const role = this.#roles.get(name);
    if (role !== undefined) return role;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `trainStep names the optimizer ${formatValue(name)}; there is ${[...this.#roles.keys()].join(', ')}`,
    );
  }

  /**
   * What an optimizer makes stays, also if it does not keep it: the step's own tensors are freed, not these.
   *
   * @param update Returns how many tensors it leaves that are not the optimizer's.
   */
  #update(update: () => number): void {
    const { activeScope } = tf.engine().state;
    const tracked = activeScope.track.length;
    const before = tf.memory().numTensors;
    const findChanged = watchOtherVariables(this.#model.weights);
    const others = update();
    for (const variable of findChanged()) this.#ofOptimizers.add(variable);
    activeScope.track.length = tracked;
    this.#madeByOptimizers += tf.memory().numTensors - before - others;
  }
}

/** Runs what takes the gradients of a loss. */
function explaining<Result>(optimizer: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw explainNoGradient(error, nameLoss(optimizer));
  }
}

function nameLoss(optimizer: string): string {
  return `the loss for the optimizer "${optimizer}"`;
}

function readLoss(optimizer: string, returned: unknown): tf.Scalar {
  const what = nameLoss(optimizer);
  refusePromise(what, returned);
  return readScalar(what, returned);
}

function checkGradient(
  optimizer: string,
  name: string,
  gradient: unknown,
  variable: tf.Variable | undefined,
): void {
  if (variable === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `apply was given a gradient for ${formatValue(name)}, which "${optimizer}" does not train; give what gradients("${optimizer}", …) returned`,
    );
  }
  if (gradient instanceof tf.Tensor && gradient.shape.join() === variable.shape.join()) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `apply was given for "${name}" ${gradient instanceof tf.Tensor ? `a gradient of the shape [${gradient.shape.join(', ')}]` : formatValue(gradient)}; ` +
      `the weight has the shape [${variable.shape.join(', ')}]`,
  );
}
