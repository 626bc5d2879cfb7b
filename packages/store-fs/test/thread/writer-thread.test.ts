import { expect, test } from 'vitest';
import type { WriterReply } from '../../src/thread/writer-messages.js';
import { losingSyncFs } from '../helpers/losing-sync-fs.js';
import { finishWriterThread, runWriterThread } from '../helpers/run-writer-thread.js';
import { fsFault } from '../helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';
const NEW = 'new weights, and more of them';

/** A folder with an old checkpoint, and what the thread makes of it. */
function stored(before: (name: string, path: string) => void, old: string | null = 'old') {
  let isReady = false;
  const { fs, volume } = losingSyncFs((name, path) => {
    if (isReady) before(name, path);
  });
  volume.mkdirSync('/runs');
  if (old !== null) runWriterThread(fs, { path: FINAL, bytes: Buffer.from(old) });
  isReady = true;
  const replies = runWriterThread(fs, { path: FINAL, bytes: Buffer.from(NEW), chunkLength: 10 });
  return { last: replies.at(-1) as WriterReply, files: volume.toJSON('/runs') };
}

test('takes the documented steps, in their order', () => {
  const steps: string[] = [];
  stored((name, path) => void steps.push(`${name} ${path.replace(/\.[0-9a-f-]{36}\.tmp$/, '.<uuid>.tmp')}`));
  const temp = '/runs/.backup.<uuid>.tmp';
  const [sizeSeen, synced] = [steps.indexOf(`stat ${temp}`), steps.indexOf(`sync ${temp}`)];
  expect(sizeSeen).toBeGreaterThan(steps.lastIndexOf(`write ${temp}`));
  expect(sizeSeen).toBeLessThan(synced);
  // Its time is set only where the clock has not moved on.
  expect(steps.filter((step) => !/^(stat|utimes) /.test(step))).toEqual([
    `lstat ${FINAL}`,
    `open ${temp}`,
    `write ${temp}`,
    `write ${temp}`,
    `write ${temp}`,
    `sync ${temp}`,
    `close ${temp}`,
    `lstat ${temp}`,
    `lstat ${FINAL}`,
    `rename ${temp}`,
    'open /runs',
    'sync /runs',
    'close /runs',
  ]);
});

for (const old of ['old weights', null]) {
  for (const mode of ['once', 'for ever'] as const) {
    const before = old === null ? 'nothing' : 'the old';
    test(`whichever operation fails ${mode}, ${before} or the new is there, whole, and the answer says so`, () => {
      let failing = 0;
      for (let hasFailed = true; hasFailed; failing++) {
        hasFailed = false;
        let [count, isRenamed] = [-1, false];
        const { last, files } = stored((name) => {
          count += 1;
          if (mode === 'once' ? count === failing : count >= failing) {
            hasFailed = true;
            throw fsFault('EIO');
          }
          if (name === 'rename') isRenamed = true;
        }, old);
        expect(files[FINAL]).toBe(isRenamed ? NEW : (old ?? undefined));
        expect(last.kind).toBe(hasFailed ? 'failed' : 'done');
        if (!hasFailed) continue;
        // After the rename it says which step failed, for the new one may not be there for good.
        expect(last).toMatchObject({
          failure: {
            why: 'error',
            code: 'EIO',
            ...(isRenamed ? { action: 'sync the folder', path: '/runs' } : {}),
          },
        });
        if (mode === 'once') expect(Object.keys(files).filter((path) => path.endsWith('.tmp'))).toEqual([]);
      }
      expect(failing).toBeGreaterThan(13);
    });
  }
}

test('goes on after a short write', () => {
  const { fs, volume } = losingSyncFs();
  volume.mkdirSync('/runs');
  const writeSync = (
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): number => fs.writeSync(file, bytes, offset, Math.min(length, 3), position);
  const replies = runWriterThread({ ...fs, writeSync } as typeof fs, {
    path: FINAL,
    bytes: Buffer.from(NEW),
  });
  expect(replies.at(-1)).toMatchObject({ kind: 'done' });
  expect(volume.toJSON()).toEqual({ [FINAL]: NEW });
});

test.each([0, -1])('a write of %i bytes is an error and not a loop', (count) => {
  const { fs, volume } = losingSyncFs();
  volume.mkdirSync('/runs');
  const replies = runWriterThread({ ...fs, writeSync: () => count } as typeof fs, {
    path: FINAL,
    bytes: Buffer.from(NEW),
  });
  expect(replies.at(-1)).toEqual({
    kind: 'failed',
    failure: { why: 'write', length: NEW.length, written: count },
  });
  expect(volume.toJSON('/runs')).toEqual({ '/runs': null });
});

test('a file that could not be synced is not synced again, and does not replace the old', () => {
  let syncs = 0;
  const { last, files } = stored((name, path) => {
    if (name !== 'sync' || !path.endsWith('.tmp')) return;
    syncs += 1;
    throw fsFault('EIO');
  });
  expect(last).toMatchObject({ kind: 'failed', failure: { action: 'sync' } });
  expect(syncs).toBe(1);
  expect(files).toEqual({ [FINAL]: 'old' });
});

test('a checkpoint that another put there meanwhile is left, and told', () => {
  const { fs, volume } = losingSyncFs((name, path) => {
    if (name === 'close' && path.endsWith('.tmp')) volume.writeFileSync(FINAL, 'another');
  });
  volume.mkdirSync('/runs');
  const replies = runWriterThread(fs, { path: FINAL, bytes: Buffer.from(NEW), replaces: null });
  expect(replies.at(-1)).toMatchObject({
    kind: 'failed',
    failure: { why: 'conflict', found: expect.any(String) },
  });
  expect(volume.toJSON()).toEqual({ [FINAL]: 'another' });
});

test('a file of another size than was written does not replace the old', () => {
  const { fs, volume } = losingSyncFs((name, path) => {
    if (name === 'stat' && path.endsWith('.tmp')) volume.appendFileSync(path, 'x');
  });
  volume.mkdirSync('/runs');
  const replies = runWriterThread(fs, { path: FINAL, bytes: Buffer.from(NEW) });
  expect(replies.at(-1)).toEqual({ kind: 'failed', failure: { why: 'size', found: BigInt(NEW.length + 1) } });
  expect(volume.toJSON('/runs')).toEqual({ '/runs': null });
});

test('opens the temp file so that it must be new, and for this user only', () => {
  const { fs, volume } = losingSyncFs();
  volume.mkdirSync('/runs');
  const opened: unknown[] = [];
  const openSync = (path: string, flags: number, mode?: number): number => {
    if (path.endsWith('.tmp')) opened.push([flags, mode]);
    return fs.openSync(path, flags, mode);
  };
  runWriterThread({ ...fs, openSync } as typeof fs, { path: FINAL, bytes: Buffer.from(NEW) });
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
  expect(opened).toEqual([[O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600]]);
});

/** Of a checkpoint of three chunks, the first two of which are synced while the third is written. */
async function storedWithSyncs(
  before: (name: string, path: string) => void = () => undefined,
  isGivenUp = false,
) {
  const steps: string[] = [];
  const { fs, volume } = losingSyncFs((name, path) => {
    if (path.endsWith('.tmp')) steps.push(name);
    before(name, path);
  });
  volume.mkdirSync('/runs');
  volume.writeFileSync(FINAL, 'old');
  const replies = await finishWriterThread(fs, {
    path: FINAL,
    bytes: Buffer.from(NEW),
    chunkLength: 10,
    syncEvery: 20,
    isGivenUp,
  });
  return {
    kinds: replies.map(({ kind }) => kind),
    failure: replies.find(({ kind }) => kind === 'failed'),
    steps,
    files: volume.toJSON('/runs'),
  };
}

test('a large file is synced while it is written, and once more before it is put in place', async () => {
  const { kinds, steps, files } = await storedWithSyncs();
  expect(kinds).toEqual(['freed', 'freed', 'freed', 'done']);
  expect(steps.filter((step) => ['write', 'sync', 'close', 'rename'].includes(step))).toEqual([
    'write',
    'write',
    'write',
    'sync',
    'sync',
    'close',
    'rename',
  ]);
  expect(files).toEqual({ [FINAL]: NEW });
});

test('an error of the sync while it is written counts, for the last sync would not tell it', async () => {
  let syncs = 0;
  const { kinds, failure, files } = await storedWithSyncs((name, path) => {
    if (name === 'sync' && path.endsWith('.tmp') && syncs++ === 0) throw fsFault('EIO');
  });
  expect(kinds).toEqual(['freed', 'freed', 'freed', 'failed', 'aborted']);
  expect(failure).toMatchObject({ failure: { why: 'error', action: 'sync', code: 'EIO' } });
  expect(files).toEqual({ [FINAL]: 'old' });
});

test('where a write fails while the file is synced, it is closed and removed after that', async () => {
  let writes = 0;
  const { kinds, failure, steps, files } = await storedWithSyncs((name) => {
    if (name === 'write' && writes++ === 2) throw fsFault('ENOSPC');
  });
  expect(kinds).toEqual(['freed', 'freed', 'failed', 'aborted']);
  expect(failure).toMatchObject({ failure: { why: 'error', action: 'write', code: 'ENOSPC' } });
  expect(steps.slice(-3)).toEqual(['sync', 'close', 'unlink']);
  expect(files).toEqual({ [FINAL]: 'old' });
});

test.each([true, false])(
  'where the store gives up while the file is synced, it is closed and removed after that; the sync fails: %s',
  async (fails) => {
    const { kinds, steps, files } = await storedWithSyncs((name) => {
      if (fails && name === 'sync') throw fsFault('EIO');
    }, true);
    expect(kinds).toEqual(['freed', 'freed', 'freed', ...(fails ? ['failed'] : []), 'aborted']);
    expect(steps.slice(-3)).toEqual(['sync', 'close', 'unlink']);
    expect(files).toEqual({ [FINAL]: 'old' });
  },
);
