import { expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import { judgeHolder, type Verdict } from '../../src/lock/judge-holder.js';
import type { LockHolder } from '../../src/lock/lock-holder.js';
import type { Host, ProcessIdentity } from '../../src/system/host.js';
import type { SocketAnswer } from '../../src/system/local-sockets.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';

const SELF: ProcessIdentity = {
  host: 'sums',
  bootId: '11111111-1111-4111-8111-111111111111',
  pidNamespace: 'pid:[1]',
  pid: 100,
  startTime: '5000',
};
const HOLDER: LockHolder = {
  ...SELF,
  pid: 77,
  startTime: '4000',
  uuid: '22222222-2222-4222-8222-222222222222',
  since: '2026-01-02T03:04:05.678Z',
  socket: '.backup.2222222211111111.sock',
  socketDevice: '42',
};
const OTHER_BOOT = '33333333-3333-4333-8333-333333333333';

const judge = (
  holder: Partial<LockHolder>,
  answer: SocketAnswer,
  running: Readonly<Record<number, string | undefined>>,
  self: Partial<ProcessIdentity> = {},
  findThread?: Host['findThread'],
): Promise<Verdict> =>
  judgeHolder(
    toFolder(
      '/runs',
      memoryFs().fs,
      { ...fakeHost({}, running), ...(findThread && { findThread }) },
      {
        listen: async () => undefined,
        ask: async (path, device) =>
          path === '/runs/.backup.2222222211111111.sock' && device === '42' ? answer : 'unknown',
      },
    ),
    'backup',
    { ...HOLDER, ...holder },
    { ...SELF, ...self },
  );

const ALIVE = { 77: '4000' };

test.each<[string, Partial<LockHolder>, SocketAnswer, Record<number, string>, Verdict]>([
  ['a socket that accepts', {}, 'alive', {}, 'answers'],
  ['one that accepts, of an unknown machine', { bootId: OTHER_BOOT, host: 'x' }, 'alive', {}, 'answers'],
  ['one that refuses on this boot', {}, 'refused', ALIVE, 'gone'],
  [
    'one that refuses, of a container with another name',
    { host: 'x', pidNamespace: 'pid:[2]' },
    'refused',
    {},
    'gone',
  ],
  ['one that refuses, of another machine', { bootId: OTHER_BOOT }, 'refused', {}, 'elsewhere'],
  ['one that refuses, of an unknown boot', { bootId: undefined }, 'refused', ALIVE, 'elsewhere'],
  ['no answer, a free pid, and an unknown boot', { bootId: undefined }, 'unknown', {}, 'elsewhere'],
  [
    'one with a path of its own',
    { socket: '../../runs/.backup.2222222211111111.sock' },
    'refused',
    ALIVE,
    'runs',
  ],
  ['one of another key', { socket: '.other.2222222211111111.sock' }, 'refused', ALIVE, 'runs'],
  ['no answer, and a free pid', {}, 'unknown', {}, 'gone'],
  ['no answer, a free pid, and another host name', { host: 'x' }, 'unknown', {}, 'gone'],
  ['no answer, and a later process with its pid', {}, 'unknown', { 77: '4001' }, 'gone'],
  ['no answer, and its process', {}, 'unknown', ALIVE, 'runs'],
  [
    'no answer, and another container with the same name',
    { pidNamespace: 'pid:[2]' },
    'unknown',
    {},
    'hidden',
  ],
  ['no answer, and a lock of an earlier version', { pidNamespace: undefined }, 'unknown', {}, 'hidden'],
  ['no answer, and another boot, with the same name', { bootId: OTHER_BOOT }, 'unknown', {}, 'elsewhere'],
])('judges by %s', async (_what, holder, answer, running, verdict) => {
  expect(await judge(holder, answer, running)).toBe(verdict);
});

test('a boot of this machine that is over proves that its holders are gone, but not that of a container', async () => {
  const holder = { bootId: OTHER_BOOT, machine: 'm' };
  expect(await judge(holder, 'unknown', ALIVE, { machine: 'm' })).toBe('gone');
  expect(await judge(holder, 'unknown', {}, { machine: 'n' })).toBe('elsewhere');
  expect(await judge(holder, 'unknown', {})).toBe('elsewhere');
  expect(await judge({ bootId: OTHER_BOOT }, 'unknown', {}, { machine: 'm' })).toBe('elsewhere');
});

test('if no boot is known, the number of a PID namespace proves nothing, because all machines have the same', async () => {
  expect(await judge({ bootId: undefined }, 'unknown', {}, { bootId: undefined })).toBe('elsewhere');
  expect(await judge({ bootId: undefined }, 'refused', {}, { bootId: undefined })).toBe('elsewhere');
});

test('a platform without boots and namespaces tells machines apart by their names', async () => {
  const none = { bootId: undefined, pidNamespace: undefined };
  expect(await judge(none, 'refused', ALIVE, none)).toBe('runs');
  expect(await judge(none, 'refused', {}, none)).toBe('gone');
  expect(await judge({ ...none, host: 'x' }, 'refused', {}, none)).toBe('elsewhere');
});

test('namespaces that the platform does not tell are not the same', async () => {
  expect(await judge({ pidNamespace: 'unknown' }, 'unknown', {}, { pidNamespace: 'unknown' })).toBe('hidden');
});

test.each<[Partial<LockHolder>, SocketAnswer, RegExp]>([
  [
    {},
    'alive',
    /process 77 on host sums has held \/runs\/\.backup\.lock since 2026-.*it answers, so it still runs/,
  ],
  [{}, 'unknown', /a process with this id runs; wait until .* delete that file/],
  [
    { pidNamespace: 'pid:[2]' },
    'unknown',
    /another container of this machine.* if it is gone for good, delete that file/,
  ],
  [{ bootId: OTHER_BOOT }, 'refused', /cannot be seen from sums; if it is gone for good, delete that file/],
])('the error says why the holder %j (%s) is not known to be gone', async (holder, answer, message) => {
  const { fs } = memoryFs({ '/runs/.backup.lock': JSON.stringify({ ...HOLDER, ...holder }) });
  const host = fakeHost(SELF, { 100: '5000', 77: '4000' });
  const sockets = { listen: async () => undefined, ask: async () => answer };
  await expect(folderStore(toFolder('/runs', fs, host, sockets)).lock!('backup')).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringMatching(message),
  });
});

const WORKER = { threadId: 3, thread: { tid: 78, startTime: '4001' } };

test.each<['runs' | 'ended' | undefined, SocketAnswer, Verdict]>([
  ['ended', 'unknown', 'gone'],
  ['ended', 'refused', 'gone'],
  ['ended', 'alive', 'answers'],
  ['runs', 'unknown', 'runs'],
  // It is just ending, or its socket was closed under it.
  ['runs', 'refused', 'runs'],
  [undefined, 'unknown', 'unseen'],
  [undefined, 'refused', 'gone'],
])(
  'judges a holder in a worker thread that %s, with a socket that is %s: %s',
  async (state, answer, verdict) => {
    const findThread: Host['findThread'] = async (pid, thread) => {
      expect([pid, thread]).toEqual([77, WORKER.thread]);
      return state;
    };
    expect(await judge(WORKER, answer, ALIVE, {}, findThread)).toBe(verdict);
  },
);

test('asks for no thread in another container or of a later process, whose numbers mean others', async () => {
  const findThread: Host['findThread'] = async () => 'ended';
  const hidden = { ...WORKER, pidNamespace: 'pid:[2]' };
  expect(await judge(hidden, 'unknown', ALIVE, {}, findThread)).toBe('hidden');
  const asLater: Host['findThread'] = async () => 'runs';
  expect(await judge(hidden, 'refused', ALIVE, {}, asLater)).toBe('gone');
  expect(await judge(WORKER, 'refused', { 77: '4001' }, {}, asLater)).toBe('gone');
});

test('a platform that shows no threads knows the main thread and the calling one', async () => {
  const here = { pid: 100, startTime: '5000', threadId: 3 };
  const running = { 100: '5000' };
  expect(await judge({ ...here, threadId: 0 }, 'unknown', running, { threadId: 3 })).toBe('runs');
  expect(await judge(here, 'unknown', running, { threadId: 3 })).toBe('runs');
  expect(await judge(here, 'unknown', running, { threadId: 4 })).toBe('unseen');
  expect(await judge({ threadId: 4 }, 'unknown', ALIVE, { threadId: 4 })).toBe('unseen');
});

test.each<[Partial<LockHolder>, number, RegExp]>([
  [{ pid: 100, startTime: '5000', threadId: 3 }, 4, /very process, but .* thread 3 .* delete that file/],
  [{ pid: 100, startTime: '5000', threadId: 4 }, 4, /that is this very process; let the first training end/],
  [{ pid: 100, startTime: '5000', threadId: 0 }, 4, /the main thread of this very process, which still runs/],
  [{ threadId: 3 }, 0, /a process with this id runs, but .* thread 3 .* delete that file/],
])('the error says which thread holds the lock (%j, asked by %d)', async (holder, threadId, message) => {
  const { fs } = memoryFs({ '/runs/.backup.lock': JSON.stringify({ ...HOLDER, ...holder }) });
  const host = fakeHost({ ...SELF, threadId }, { 100: '5000', 77: '4000' }, true);
  await expect(folderStore(toFolder('/runs', fs, host)).lock!('backup')).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringMatching(message),
  });
});
