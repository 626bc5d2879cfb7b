import { BackupAndRestore, type CheckpointStore } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { type Backend, useBackend } from '@keepfit/fit';
import { setBackend } from '@tensorflow/tfjs-core';
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { mapStore } from '../../callbacks/test/map-store.js';
import { caught } from './helpers/caught.js';
import { type KeptEnd, type KeptKind, trainKept } from './helpers/kept-training.js';
import { throwAt } from './helpers/throw-at.js';

/** Commit a9eb367 wrote these files, with KEEPFIT_FREEZE=1. They are never written again. */
const fileOf = (kind: KeptKind) => new URL(`data/a9eb367/${kind}.safetensors`, import.meta.url);
const ENDS = new URL('data/a9eb367/ends.json', import.meta.url);
const KINDS: readonly KeptKind[] = ['arrays', 'batches'];

/** tfjs' own kernels, whose version does not change with this package. */
const stockBackend: Backend = {
  name: 'cpu',
  kernels: 'tfjs-cpu 4',
  async start() {
    await import('@tensorflow/tfjs-backend-cpu');
    return setBackend('cpu');
  },
  stop() {},
};

beforeAll(async () => {
  await useBackend(stockBackend);
  if (process.env['KEEPFIT_FREEZE'] !== undefined) await freeze();
});

async function freeze(): Promise<void> {
  const ends: Partial<Record<KeptKind, KeptEnd>> = {};
  for (const kind of KINDS) {
    const files = new Map<string, Uint8Array>();
    const backup = new BackupAndRestore(mapStore(files), { saveFreq: 4 });
    await caught(trainKept(kind, 1, [backup, throwAt({ hook: 'onTrainBatchEnd', call: 7 })]));
    await writeFile(fileOf(kind), files.get('backup') ?? new Uint8Array());
    ends[kind] = await trainKept(kind, 1, []);
  }
  await writeFile(ENDS, `${JSON.stringify(ends, undefined, 2)}\n`);
}

async function keptStore(kind: KeptKind): Promise<CheckpointStore> {
  return mapStore(new Map([['backup', new Uint8Array(await readFile(fileOf(kind)))]]));
}

async function readEnd(kind: KeptKind): Promise<KeptEnd> {
  return (JSON.parse(await readFile(ENDS, 'utf8')) as Record<KeptKind, KeptEnd>)[kind];
}

describe.each(KINDS)('a checkpoint of %s that commit a9eb367 wrote', (kind) => {
  test('stands in the middle of an epoch', async () => {
    const { training } = decodeCheckpoint(new Uint8Array(await readFile(fileOf(kind))));
    const { epoch, batch } = training.state['progress'] as { epoch: number; batch: number };
    expect([epoch, batch > 0]).toEqual([kind === 'arrays' ? 0 : 2, true]);
    const { stepsPerEpoch, data } = training.state['fingerprint'] as Record<string, unknown>;
    if (kind === 'arrays') expect(stepsPerEpoch).toBeNull();
    else expect(data).toMatchObject({ batches: null });
  });

  test('continues to the weights and the history that a9eb367 computes; only `semantics` differs', async () => {
    const mismatches: unknown[] = [];
    const backup = new BackupAndRestore(await keptStore(kind), {
      onMismatch(differences) {
        mismatches.push(...differences);
        return 'continue';
      },
    });
    expect(await trainKept(kind, 99, [backup])).toEqual(await readEnd(kind));
    expect(mismatches).toEqual([{ item: 'semantics', saved: null, current: 3, canContinue: true }]);
  });

  test('is refused unless onMismatch continues it', async () => {
    const error = await caught(trainKept(kind, 99, [new BackupAndRestore(await keptStore(kind))]));
    expect(error.message).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH[^]*semantics: saved null, now 3/);
  });

  test('is of a training that ends so without a crash too', async () => {
    expect(await trainKept(kind, 1, [])).toEqual(await readEnd(kind));
  });
});
