import type { Engine } from '../../contract/engine.js';
import { createSlowStore } from '../slow-store.js';
import type { EngineKit, OpenEngine } from './engine-kit.js';
import { assertSame, crashAfter, listFinalParts, train, waitForCrash } from './train-on-engine.js';

/** How many workers a run has; undefined for no engine. */
type Workers = number | undefined;

/** A coordinator that dies is continued from its backup, with any workers or none. */
export function testCrashes(kit: EngineKit): void {
  const check = (runs: readonly Workers[]) => (open: OpenEngine) => checkCrashes(kit, open, runs);
  kit.test('crash: another number of workers continues a training', check([kit.several, 1]));
  kit.test(
    'crash: this thread continues a training of the engine, and the engine one of this thread',
    check([kit.several, undefined, 1]),
  );
}

/** Each run but the last crashes after two batches. */
async function checkCrashes(kit: EngineKit, open: OpenEngine, runs: readonly Workers[]): Promise<void> {
  const slow = createSlowStore();
  slow.let();
  const { store } = slow;
  const openEngine = async (workers: Workers): Promise<{ engine?: Engine }> =>
    workers === undefined ? {} : { engine: (await open(workers)).engine };
  for (const workers of runs.slice(0, -1))
    await waitForCrash(train({ ...(await openEngine(workers)), store, callbacks: [crashAfter(2)] }));
  const expected = await kit.trainAlone();
  const found = await train({ ...(await openEngine(runs.at(-1))), store });
  const parts = listFinalParts(expected);
  const wanted = new Map(parts.map((part) => [part, expected.get(part) ?? '']));
  assertSame(new Map(parts.map((part) => [part, found.get(part) ?? ''])), wanted, 'when it is continued');
}
