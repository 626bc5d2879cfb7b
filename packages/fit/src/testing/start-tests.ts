import * as tf from '@tensorflow/tfjs-core';
import { assertThat, type BackendKit } from './backend-kit.js';

/** A backend starts and stops, and leaves tfjs as it was. */
export function testStarting(kit: BackendKit): void {
  testStart(kit);
  testStop(kit);
  testUnavailable(kit);
}

function testStart(kit: BackendKit): void {
  kit.testStopped('start: makes it the backend of tfjs', async () => {
    const backend = kit.backend();
    assertThat(await backend.start(), 'start must resolve true on the machine that the kit runs on');
    try {
      assertThat(
        tf.getBackend() === backend.name,
        `start must make "${backend.name}" the backend of tfjs, which is on "${tf.getBackend()}"`,
      );
      assertThat(
        backend.kernels.length > 0,
        '`kernels` must name the kernels and their version: checkpoints hold it',
      );
      assertThat((await computeSum(2, 3)) === 5, 'after start, 2 + 3 must be 5');
    } finally {
      backend.stop();
    }
  });
  kit.test('start: with the same kernels each time', async () => {
    const [first, second] = [kit.backend(), kit.backend()];
    assertThat(first.kernels === second.kernels, 'two of the same version must have the same `kernels`');
    assertThat(first.name === second.name, 'two of the same kind must have the same name');
  });
  kit.testStopped('start: with the same kernels after each start', async () => {
    const names: string[] = [];
    for (let start = 0; start < 2; start++) {
      const backend = kit.backend();
      await backend.start();
      names.push(backend.kernels);
      backend.stop();
    }
    assertThat(
      names[0] === names[1],
      `\`kernels\` must be the same after each start, not ${names.join(' and ')}`,
    );
  });
  kit.test('start: names only gradients that there are', async () => {
    const { verifiedGradients = 'all' } = kit.backend();
    const unknown = [verifiedGradients]
      .flat()
      .filter((name) => name !== 'all' && tf.getGradient(name) === undefined);
    assertThat(
      unknown.length === 0,
      `verifiedGradients must be 'all' or name kernels that have a gradient, not ${unknown.join(', ')}`,
    );
  });
}

function testStop(kit: BackendKit): void {
  kit.testStopped("start: stop puts tfjs' own kernels back", async () => {
    const before = listRegisteredKernels();
    const backend = kit.backend();
    await backend.start();
    backend.stop();
    assertSame(before, listRegisteredKernels(), 'after stop');
  });
  kit.testStopped('start: after a stop it starts again as it did', async () => {
    const backend = kit.backend();
    await backend.start();
    const first = [...listRegisteredKernels().keys()].join();
    backend.stop();
    assertThat(await backend.start(), 'start must resolve true also after a stop');
    const again = [...listRegisteredKernels().keys()].sort().join() === first.split(',').sort().join();
    backend.stop();
    assertThat(again, 'start must register the same kernels also after a stop');
  });
  kit.testStopped('start: tensors outlive a stop', async () => {
    const backend = kit.backend();
    await backend.start();
    const made = tf.add(tf.tensor1d([1, 2]), 1);
    backend.stop();
    const values = await made.data();
    tf.dispose(made);
    assertThat(
      values.join() === '2,3',
      `a tensor made before stop must keep its numbers 2,3, and has ${values.join()}`,
    );
  });
}

function testUnavailable(kit: BackendKit): void {
  const { unavailable } = kit;
  if (unavailable === undefined) return kit.notClaimed('start: when it cannot');
  kit.testStopped('start: when it cannot, says so and leaves nothing behind', async () => {
    const [kernels, running] = [listRegisteredKernels(), tf.getBackend()];
    const said = await unavailable()
      .start()
      .catch((error: unknown) => (error as { code?: unknown }).code ?? String(error));
    const right = said === false || said === 'KEEPFIT_BACKEND_UNAVAILABLE';
    assertThat(
      right,
      `a start that fails must resolve false or reject with KEEPFIT_BACKEND_UNAVAILABLE, not give ${String(said)}`,
    );
    assertThat(tf.getBackend() === running, `tfjs must stay on "${running}", and is on "${tf.getBackend()}"`);
    assertSame(kernels, listRegisteredKernels(), 'after a start that failed');
  });
}

function assertSame(
  before: ReadonlyMap<string, tf.KernelConfig>,
  after: ReadonlyMap<string, tf.KernelConfig>,
  when: string,
): void {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => before.get(name)?.kernelFunc !== after.get(name)?.kernelFunc);
  assertThat(
    changed.length === 0,
    `${when} every kernel must be tfjs' own again; not so ${changed.slice(0, 5).join(', ')} (${changed.length} in all)`,
  );
}

async function computeSum(a: number, b: number): Promise<number | undefined> {
  const sum = tf.add(tf.tensor1d([a]), tf.tensor1d([b]));
  const [value] = await sum.data();
  tf.dispose(sum);
  return value;
}

/** Every registered kernel, by the name of its backend and its own. */
function listRegisteredKernels(): ReadonlyMap<string, tf.KernelConfig> {
  const backends = Object.keys(tf.engine().registryFactory);
  const kernels = backends.flatMap((backend) => tf.getKernelsForBackend(backend));
  return new Map(kernels.map((kernel) => [`${kernel.backendName} ${kernel.kernelName}`, kernel]));
}
