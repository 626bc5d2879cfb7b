import type { Engine, SharedStep } from '../../contract/engine.js';
import type { ShardTask } from '../../contract/shard.js';
import { waitForTurns } from './engine-kit.js';

/**
 * The same engine. While it computes tasks of the kind, `act` is called, with the number of the step, from 0. It is
 * called some turns of the event loop after the call of `sum`, another number of turns at each step, so that it hits
 * different instants.
 */
export function actDuring(
  engine: Engine,
  kind: ShardTask['kind'],
  act: (step: number) => void | Promise<void>,
): Engine {
  let steps = 0;
  return {
    name: engine.name,
    begin: (training) => engine.begin(training),
    end: () => engine.end(),
    async sum(step: SharedStep) {
      const sum = engine.sum(step);
      if (step.tasks[0].kind !== kind) return sum;
      // It is awaited below, and until then a failure is not unhandled.
      sum.catch(() => undefined);
      const count = steps;
      steps += 1;
      await waitForTurns(count);
      await act(count);
      return sum;
    },
  };
}
