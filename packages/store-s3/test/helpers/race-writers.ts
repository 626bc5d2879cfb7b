import { createContent } from '@keepfit/callbacks/testing';
import { s3Store, type S3StoreOptions } from '../../src/index.js';
import { createBytes } from './create-bytes.js';

/**
 * Lets writers replace one checkpoint at once, round after round. Resolves to how many won in each round whose
 * checkpoint is there.
 */
export async function raceWriters(
  options: S3StoreOptions,
  writers: number,
  rounds: number,
): Promise<readonly number[]> {
  const stores = Array.from({ length: writers }, () => s3Store(options));
  const winners: number[] = [];
  let replaces: string | null = null;
  for (let round = 0; round < rounds; round++) {
    const condition = { replaces };
    const outcomes = await Promise.allSettled(
      stores.map((store, writer) =>
        store.set('race', createContent(createBytes(50, round * writers + writer)), condition),
      ),
    );
    const won: string[] = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
    const found = (await stores[0]?.get('race'))?.version ?? null;
    winners.push(found === won[0] ? won.length : 0);
    replaces = found;
  }
  return winners;
}
