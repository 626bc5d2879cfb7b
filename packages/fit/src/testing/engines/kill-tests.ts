import { actDuring } from './act-during.js';
import { claim, type EngineKit, type OpenEngine } from './engine-kit.js';
import { assertSame, train } from './train-on-engine.js';

/** Whoever dies, joins or leaves: no bit changes. */
export function testKills(kit: EngineKit): void {
  kit.test('kills: a worker that dies in each step changes no bit', (open) =>
    checkKills(kit, open, { workers: kit.several, kind: 'train', count: () => 1 }),
  );
  kit.test('kills: the only worker that dies in each step changes no bit', (open) =>
    checkKills(kit, open, { workers: 1, kind: 'train', count: () => 1 }),
  );
  kit.test('kills: all workers that die at once change no bit', (open) =>
    checkKills(kit, open, {
      workers: kit.several,
      kind: 'train',
      count: (step) => (step % 3 === 1 ? kit.several : 0),
    }),
  );
  kit.test('kills: a worker that dies in each batch of a validation changes no bit', (open) =>
    checkKills(kit, open, { workers: kit.several, kind: 'test', count: () => 1 }),
  );
  kit.test('resize: more and fewer workers in mid-epoch change no bit', async (open) => {
    const subject = await open(1);
    const resize = claim(subject, 'resize');
    const sizes = [3, 1, 2, 4, 2, 1];
    const engine = actDuring(subject.engine, 'train', (step) => resize(sizes[step] ?? 1));
    assertSame(await train({ engine }), await kit.trainAlone(), 'with other workers at each step');
  });
}

interface Kills {
  readonly workers: number;
  readonly kind: 'train' | 'test';
  /** How many workers die at a step, from 0. */
  count(step: number): number;
}

async function checkKills(kit: EngineKit, open: OpenEngine, { workers, kind, count }: Kills): Promise<void> {
  const subject = await open(workers);
  const kill = claim(subject, 'kill');
  const engine = actDuring(subject.engine, kind, async (step) => {
    if (count(step) > 0) await kill(count(step));
  });
  assertSame(await train({ engine }), await kit.trainAlone(), 'although workers were killed');
}
