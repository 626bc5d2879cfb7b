import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { engineConformance, type EngineUnderTest } from '@keepfit/fit/testing';
import { Worker } from 'node:worker_threads';
import { beforeAll, test } from 'vitest';
import { sampleTests } from '../../../test/setup/sample.js';
import { programFile } from '../../../test/programs/program-file.js';
import { threads } from '../src/index.js';

const program = programFile('packages/engine-threads/test/helpers/kit-worker.ts');

beforeAll(() => useBackend(cpuBackend()));

/** Threads that can be killed, and whose answers go through the kit. */
function createEngine({ workers }: { readonly workers: number }): EngineUnderTest {
  const running = new Set<Worker>();
  let relay: Parameters<NonNullable<EngineUnderTest['intercept']>>[0] = (answer, deliver) => deliver(answer);
  const start = (): Worker => {
    const worker = new Worker(program);
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
    const on = worker.on.bind(worker) as (event: string, listener: (value: unknown) => void) => Worker;
    const onRelayed = (event: string, listener: (value: unknown) => void): Worker =>
      on(event, event === 'message' ? (answer) => relay(answer, listener) : listener);
    return Object.assign(worker, { on: onRelayed });
  };
  // The program brings the training itself.
  const engine = threads({ workers, worker: start, module: program });
  return {
    engine,
    kill: async (count) => {
      await Promise.all([...running].slice(0, count).map((worker) => worker.terminate()));
    },
    resize: (count) => engine.resize(count),
    intercept: (given) => void (relay = given),
    listLeftovers: () => [...running].map(({ threadId }) => `thread ${threadId}`),
  };
}

engineConformance({ test: sampleTests(test, 5), createEngine, workers: [2] });
