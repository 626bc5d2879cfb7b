import * as tf from '@tensorflow/tfjs-core';
import { hasOwnWeights } from '../../optimizer/optimizer-kind.js';
import { assertThat, formatNumbers } from '../backend-kit.js';
import { createDirectSteps, type DirectSteps, FIRST, OTHERS } from './direct-steps.js';
import type { OptimizerKit } from './optimizer-kit.js';

const STEPS = 6;

/** Steps repeat themselves, write into new memory, leave nothing behind, and keep the weights apart. */
export function testOptimizerSteps(kit: OptimizerKit): void {
  kit.test('steps: the same gradients give the same bits', async () => {
    const [first, second] = [await trainAlone(kit), await trainAlone(kit)];
    assertThat(first === second, 'two optimizers with the same gradients must give the same weights');
  });

  kit.test('memory: the values of a step stay as they are while training continues', () =>
    withSteps(kit, async (steps, optimizer) => {
      repeat(3, () => steps.step(optimizer));
      const held = (await steps.listTensors(optimizer)).map((tensor) =>
        tf.tidy(() => tf.keep(tf.reshape(tensor, tensor.shape))),
      );
      const before = await readAll(held);
      repeat(3, () => steps.step(optimizer));
      const after = await readAll(held);
      tf.dispose(held);
      assertThat(
        before === after,
        'a step must not write into the memory of weights and state, which a backup may still read: assign new tensors',
      );
    }),
  );

  kit.test('hygiene: steps leave no tensor behind', () =>
    withSteps(kit, async (steps, optimizer) => {
      repeat(4, () => steps.step(optimizer));
      const before = countTensors();
      repeat(4, () => steps.step(optimizer));
      const left = countTensors() - before;
      assertThat(
        left === 0,
        `4 more steps must leave no tensor behind, not ${left}: wrap the update in tf.tidy`,
      );
    }),
  );

  kit.test('hygiene: dispose frees the state', async () => {
    const before = countTensors();
    await withSteps(kit, async (steps, optimizer) => repeat(2, () => steps.step(optimizer)));
    const left = countTensors() - before;
    assertThat(left === 0, `dispose must free all tensors of the optimizer; ${left} are left`);
  });

  kit.test('frozen: the other weights train on as if it had never been there', () => testFreezing(kit));

  kit.test('getWeights and setWeights: another optimizer continues exactly, if the class has both', () =>
    testOwnWeights(kit),
  );

  kit.test('getConfig and fromConfig: the same optimizer, if there are settings', () => testConfig(kit));
}

async function testFreezing(kit: OptimizerKit): Promise<void> {
  const expected = await withSteps(
    kit,
    async (steps, optimizer) => {
      repeat(STEPS + 2, () => steps.step(optimizer));
      return steps.readWeights();
    },
    OTHERS,
  );
  await withSteps(kit, async (steps, optimizer) => {
    // Without a gradient of its own, the weight cannot reach the others through a norm of all gradients.
    const still = [FIRST];
    repeat(3, () => steps.step(optimizer, { still }));
    const before = await steps.readWeights([FIRST]);
    repeat(3, () => steps.step(optimizer, { still, frozen: [FIRST] }));
    const after = await steps.readWeights([FIRST]);
    assertThat(before === after, 'a weight that is frozen must keep its values');
    repeat(2, () => steps.step(optimizer, { still }));
    const found = await steps.readWeights(OTHERS);
    assertThat(
      found === expected,
      'a weight that is frozen and thawed must not change how the others train: find their state by their names, not by their positions',
    );
  });
}

async function testOwnWeights(kit: OptimizerKit): Promise<void> {
  const expected = await trainAlone(kit);
  await withSteps(kit, async (steps, first) => {
    if (!hasOwnWeights(first)) return;
    repeat(STEPS - 3, () => steps.step(first));
    const second = kit.createOptimizer();
    const weights = await first.getWeights();
    await second.setWeights(weights.map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) })));
    repeat(3, () => steps.step(second));
    const found = await steps.readWeights();
    second.dispose();
    assertThat(
      found === expected,
      'an optimizer that took getWeights of another by setWeights must continue with its bits',
    );
  });
}

interface ConfigClass {
  fromConfig(this: ConfigClass, cls: ConfigClass, config: tf.serialization.ConfigDict): tf.Optimizer;
}

async function testConfig(kit: OptimizerKit): Promise<void> {
  const expected = await trainAlone(kit);
  const original = kit.createOptimizer();
  const config = JSON.parse(JSON.stringify(original.getConfig())) as tf.serialization.ConfigDict;
  const creator = original.constructor as unknown as ConfigClass;
  original.dispose();
  if (Object.keys(config).length === 0) return;
  const found = await trainAlone({ ...kit, createOptimizer: () => creator.fromConfig(creator, config) });
  assertThat(
    found === expected,
    'fromConfig must create the optimizer whose getConfig gave the settings, as JSON',
  );
}

/** The weights after the steps of a fresh optimizer. */
async function trainAlone(kit: OptimizerKit): Promise<string> {
  return withSteps(kit, async (steps, optimizer) => {
    repeat(STEPS, () => steps.step(optimizer));
    return steps.readWeights();
  });
}

async function withSteps<Result>(
  { createOptimizer }: Pick<OptimizerKit, 'createOptimizer'>,
  body: (steps: DirectSteps, optimizer: tf.Optimizer) => Promise<Result>,
  names?: readonly string[],
): Promise<Result> {
  const optimizer = createOptimizer();
  const steps = createDirectSteps(names);
  try {
    return await body(steps, optimizer);
  } finally {
    optimizer.dispose();
    steps.dispose();
  }
}

function repeat(times: number, step: () => void): void {
  for (let time = 0; time < times; time++) step();
}

async function readAll(tensors: readonly tf.Tensor[]): Promise<string> {
  const read = tensors.map(async (tensor) => formatNumbers(await tensor.data()));
  return (await Promise.all(read)).join('; ');
}

function countTensors(): number {
  return tf.memory().numTensors;
}
