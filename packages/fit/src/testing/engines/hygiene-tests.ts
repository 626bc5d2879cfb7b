import * as tf from '@tensorflow/tfjs-core';
import { assertThat } from '../backend-kit.js';
import { actDuring } from './act-during.js';
import { claim, type EngineKit, type EngineUnderTest, waitForTurns } from './engine-kit.js';
import { catchError } from './refusal-tests.js';
import { crashAfter, infer, type RunOptions, train, waitForCrash } from './train-on-engine.js';

/** Nothing of an engine is left when its fit has ended, however that was. */
export function testEngineHygiene(kit: EngineKit): void {
  const testEnd = (name: string, run: (subject: EngineUnderTest) => Promise<unknown>) =>
    kit.test(`hygiene: nothing is left ${name}`, async (open) => {
      await kit.trainAlone();
      const subject = await open(kit.several);
      const before = await countLastingHandles();
      await run(subject);
      await assertNothingLeft(subject, before);
    });
  const end =
    (options: RunOptions) =>
    ({ engine }: EngineUnderTest) =>
      catchError(train({ engine, ...options }));

  testEnd('after a fit', ({ engine }) => train({ engine }));
  testEnd('after an evaluation and a prediction', async ({ engine }) => {
    for (const what of ['evaluate', 'predict'] as const) await infer(what, engine);
  });
  testEnd('after a fit that a hook ends by an error', ({ engine }) =>
    waitForCrash(train({ engine, callbacks: [crashAfter(2)] })),
  );
  testEnd('after an error in a worker', end({ shards: 2, batchSize: 33, rows: 33 }));
  testEnd('after a refused training', end({ isOther: true }));
  testEnd('after a fit whose workers were killed', (subject) => {
    const kill = claim(subject, 'kill');
    return train({
      engine: actDuring(subject.engine, 'train', (step) => (step === 1 ? kill(1) : undefined)),
    });
  });

  kit.test('hygiene: fits leave no tensor on this thread', async (open) => {
    await kit.trainAlone();
    const { engine } = await open(kit.several);
    const before = tf.memory().numTensors;
    await train({ engine });
    const left = tf.memory().numTensors - before;
    assertThat(left === 0, `a fit must leave no tensor on the thread of the coordinator, not ${left}`);
  });
}

/** The time that threads and sockets get to close, in turns of the event loop. */
const PATIENCE = 500;

async function assertNothingLeft(
  subject: EngineUnderTest,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const left = (await subject.listLeftovers?.()) ?? [];
  assertThat(left.length === 0, `end must release all that begin made, and left ${left.join(', ')}`);
  let more = listMore(before);
  for (let turn = 0; more.length > 0 && turn < PATIENCE; turn++) {
    await waitForTurns(1);
    more = listMore(before);
  }
  assertThat(
    more.length === 0,
    `nothing of the engine may keep the process alive after end, as ${more.join(', ')} does`,
  );
}

function listMore(before: ReadonlyMap<string, number>): string[] {
  return [...countHandles()].flatMap(([kind, count]) => (count > (before.get(kind) ?? 0) ? [kind] : []));
}

/** A runner of tests has some for a moment, which would hide one that an engine leaves. */
async function countLastingHandles(): Promise<ReadonlyMap<string, number>> {
  let lasting = countHandles();
  for (let turn = 0; turn < 20; turn++) {
    await waitForTurns(1);
    const now = countHandles();
    lasting = new Map([...lasting].map(([kind, count]) => [kind, Math.min(count, now.get(kind) ?? 0)]));
  }
  return lasting;
}

/** How many handles of each kind keep the process alive, as far as Node.js tells; none in a page. */
function countHandles(): ReadonlyMap<string, number> {
  const { process } = globalThis as { process?: { getActiveResourcesInfo?(): string[] } };
  const counts = new Map<string, number>();
  for (const kind of process?.getActiveResourcesInfo?.() ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
