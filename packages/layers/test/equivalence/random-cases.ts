import { PLACES } from './crash-plans.js';
import { type Crash, type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { optimizers } from './optimizers.js';
import { SOURCES } from './sources.js';
import { zoo } from './zoo.js';

/** Random numbers in [0, 1) of a seed (splitmix32 in 32-bit integers). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A case that is drawn at random, with up to four crashes. */
export function drawCase(random: () => number): EquivalenceCase {
  const one = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;
  const validation = one(['none', 'arrays', 'stream', 'split'] as const);
  const places = PLACES.filter((at) => validation !== 'none' || !/Test|evaluation/.test(at));
  const crash = (): Crash => {
    const at = one(places);
    const when = at === 'set' ? { when: one(['before', 'after'] as const) } : {};
    // Later calls of a fit that has little left to do are not reached; earlier ones leave something for the
    // next crash.
    const calls = /TrainBatch|step/.test(at) ? 8 : /TestBatch|evaluation|set/.test(at) ? 4 : 2;
    return { at, call: 1 + Math.floor(random() * calls), how: one(['throw', 'kill'] as const), ...when };
  };
  return {
    model: one(Object.keys(zoo)),
    optimizer: one(Object.keys(optimizers)),
    source: one(SOURCES),
    saveFreq: one([1, 2, 3, 7, 'epoch'] as const),
    stepsPerExecution: one([1, 3]),
    shards: one([1, 2, 3, 4]),
    workers: one([0, 0, 1, 2, 3]),
    replay: one([false, true]),
    stepsPerEpoch: one([null, null, 3, 5]),
    validation,
    doubleCheckpoint: one([false, true]),
    backupAt: one(['first', 'last'] as const),
    watched: one([false, true]),
    crashes: Array.from({ length: 1 + Math.floor(random() * 4) }, crash),
  };
}

/** Makes a failing case as simple as it can be: each change that leaves it failing is kept. */
export async function shrink(
  failing: EquivalenceCase,
  fails: (theCase: EquivalenceCase) => Promise<boolean>,
): Promise<EquivalenceCase> {
  let smallest = failing;
  for (let changed = true; changed;) {
    changed = false;
    for (const simpler of simplerCases(smallest)) {
      if (!(await fails(simpler))) continue;
      smallest = simpler;
      changed = true;
      break;
    }
  }
  return smallest;
}

function simplerCases(theCase: EquivalenceCase): EquivalenceCase[] {
  const { crashes } = theCase;
  const fewer = crashes.map((_, index) => ({
    ...theCase,
    crashes: crashes.filter((__, at) => at !== index),
  }));
  const keys = Object.keys(simplestCase) as (keyof EquivalenceCase)[];
  const other = keys.filter((key) => key !== 'crashes' && theCase[key] !== simplestCase[key]);
  const plainer = other.map((key) => ({ ...theCase, [key]: simplestCase[key] }));
  const earlier = crashes.flatMap((crash, index) => {
    const calls = [1, crash.call - 1].filter((call) => call >= 1 && call < crash.call);
    return calls.map((call) => ({
      ...theCase,
      crashes: crashes.map((one, at) => (at === index ? { ...crash, call } : one)),
    }));
  });
  return [...fewer, ...plainer, ...earlier];
}
