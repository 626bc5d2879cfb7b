import { BackupAndRestore, type CheckpointStore } from '@keepfit/callbacks';
import { crc32, decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { type Backend, useBackend } from '@keepfit/fit';
import { setBackend } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { mapStore } from '../../callbacks/test/map-store.js';
import { caught } from '../../fit/test/helpers/caught.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { trainFrozen } from './helpers/frozen-training.js';

// Written once with KEEPFIT_FREEZE=1; never write them again. Format 2 gets its own files beside these.
const CHECKPOINT = new URL('data/format-1.safetensors', import.meta.url);
const END = new URL('data/format-1-end.json', import.meta.url);

/** The crash after the save, in the middle of epoch 1. */
const crash = { hook: 'onTrainBatchEnd', call: 7 } as const;

/**
 * The cpu backend at that time: tfjs' own kernels. Today's kernels round differently and must refuse the
 * checkpoint.
 */
const backendOfThen: Backend = {
  name: 'cpu',
  kernels: 'tfjs-cpu 4',
  async start() {
    await import('@tensorflow/tfjs-backend-cpu');
    return setBackend('cpu');
  },
  stop() {},
};

beforeAll(async () => {
  await useBackend(backendOfThen);
  if (process.env['KEEPFIT_FREEZE'] === undefined) return;
  const files = new Map<string, Uint8Array>();
  await caught(trainFrozen(1, [new BackupAndRestore(mapStore(files), { saveFreq: 3 }), throwAt(crash)]));
  await writeFile(CHECKPOINT, files.get('backup') ?? new Uint8Array());
  await writeFile(END, `${JSON.stringify(await end(trainFrozen(1, [])), undefined, 2)}\n`);
});

async function frozenStore(): Promise<CheckpointStore> {
  return mapStore(new Map([['backup', new Uint8Array(await readFile(CHECKPOINT))]]));
}

/**
 * What can be compared for ever: the bytes of every tensor, and the history. A version to come may keep more
 * in its state.
 */
async function end(training: ReturnType<typeof trainFrozen>): Promise<unknown> {
  const { proof, history } = await training;
  const isOfCheckpoint = ([name]: readonly [string, string]) => !name.startsWith('final ');
  const tensors = Object.entries(proof.tensors)
    .filter(isOfCheckpoint)
    .map(([name, shown]) => [name, createHash('sha256').update(shown).digest('hex')]);
  return { tensors: Object.fromEntries(tensors), history };
}

test('the checkpoint kept of format 1 is read', async () => {
  const { header, training } = decodeCheckpoint(new Uint8Array(await readFile(CHECKPOINT)));
  expect(header).toMatchObject({ generation: 3, library: expect.any(String) });
  expect(training.state['progress']).toMatchObject({ epoch: 1, batch: 2, step: 6 });
  const kinds = new Set([...training.tensors.keys()].map((name) => name.split('/')[0]));
  expect(kinds).toEqual(new Set(['weights', 'states', 'optimizer', 'metrics']));
});

test('it restores, and ends with the bytes and the history that are written down', async () => {
  const expected: unknown = JSON.parse(await readFile(END, 'utf8'));
  const items: string[] = [];
  const backup = new BackupAndRestore(await frozenStore(), {
    onMismatch(differences) {
      items.push(...differences.map(({ item }) => item));
      return 'continue';
    },
  });
  expect(await end(trainFrozen(99, [backup]))).toEqual(expected);
  // The gradients and the arithmetic have versions now, which the checkpoint does not know.
  expect(items).toEqual(['kernels', 'semantics']);
});

test('a training without a crash ends with them too', async () => {
  expect(await end(trainFrozen(1, []))).toEqual(JSON.parse(await readFile(END, 'utf8')));
});

test('a checkpoint of a newer format is refused by name, and nothing is changed', async () => {
  const store = await frozenStore();
  const { bytes } = (await store.get('backup'))!;
  const newer = new Uint8Array(
    Buffer.from(
      Buffer.from(bytes).toString('latin1').replace('\\"format\\":1,', '\\"format\\":2,'),
      'latin1',
    ),
  );
  correctHeaderSum(newer);
  const error = await caught(trainFrozen(1, [new BackupAndRestore(mapStore(new Map([['backup', newer]])))]));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_VERSION');
  expect(error.message).toMatch(/format 2.*up to 1/);
});

/**
 * Gives the header a correct checksum, as a newer version would. The file ends with the checksums of the
 * header and each tensor.
 */
function correctHeaderSum(file: Uint8Array): void {
  const view = new DataView(file.buffer);
  const headerLength = 8 + Number(view.getBigUint64(0, true));
  const { __metadata__: _, ...tensors } = JSON.parse(
    new TextDecoder().decode(file.subarray(8, headerLength)),
  ) as Record<string, unknown>;
  view.setUint32(file.length - 4 * Object.keys(tensors).length, crc32(file.subarray(0, headerLength)), true);
}
