import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTrainer, type TrainerProcess } from '../helpers/trainer-process.js';

/** Runs a program as a container does: with PIDs and a host name of its own. */
const container = (hostname: string): string[] => [
  ...['unshare', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc'],
  ...['sh', '-c', `hostname ${hostname}; exec "$@"`, 'sh'],
];

const [unshare = '', ...options] = container('probe');
const isAllowed = spawnSync(unshare, [...options, 'true']).status === 0;
if (!isAllowed)
  console.warn('unshare may not make PID and UTS namespaces here: the tests with containers are left out.');
const inContainers = test.runIf(isAllowed);

let folder = '';
const trainers: TrainerProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-containers-'));
});

afterEach(async () => {
  for (const trainer of trainers.splice(0)) await trainer.kill();
  await rm(folder, { recursive: true, force: true });
});

async function start(command: string[] = [], place = folder): Promise<TrainerProcess> {
  const trainer = await startTrainer(place, 'links', command);
  trainers.push(trainer);
  return trainer;
}

inContainers('a live lock is held for a trainer in another container with the same host name', async () => {
  const [first, second, outside] = await Promise.all([
    start(container('sums')),
    start(container('sums')),
    start(),
  ]);
  expect(await first.tryLock()).toBe('held');
  expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
  expect(await outside.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
});

inContainers('a live lock of the machine itself is held for a trainer in a container', async () => {
  const [first, second] = await Promise.all([start(), start(container('sums'))]);
  expect(await first.tryLock()).toBe('held');
  expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
});

inContainers('a stopped trainer keeps its lock, also for a trainer in a container', async () => {
  const [first, second] = await Promise.all([start(), start(container('sums'))]);
  expect(await first.tryLock()).toBe('held');
  first.signal('SIGSTOP');
  expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
  await first.kill();
  expect(await second.tryLock()).toBe('held');
});

inContainers('a killed container is followed by one with another host name', async () => {
  const first = await start(container('sums-1'));
  expect(await first.tryLock()).toBe('held');
  await first.kill();
  const [second, third] = await Promise.all([start(container('sums-2')), start(container('sums-3'))]);
  expect((await Promise.all([second.tryLock(), third.tryLock()])).sort()).toEqual([
    'KEEPFIT_STORE_LOCKED',
    'held',
  ]);
});

inContainers(
  'a live lock is held for other containers also if the folder has no room for sockets',
  async () => {
    const deep = join(folder, 'x'.repeat(120));
    await mkdir(deep);
    const [first, second] = await Promise.all([
      start(container('sums'), deep),
      start(container('sums'), deep),
    ]);
    expect(await first.tryLock()).toBe('held');
    expect((await readdir(deep)).filter((name) => name.endsWith('.sock'))).toEqual([]);
    expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
  },
);

inContainers(
  'without sockets, a trainer outside containers sees whether one in a container runs',
  async () => {
    const deep = join(folder, 'x'.repeat(120));
    await mkdir(deep);
    const [first, second] = await Promise.all([start(container('sums'), deep), start([], deep)]);
    expect(await first.tryLock()).toBe('held');
    expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
    await first.kill();
    // Only Linux' own PID namespace shows the processes of all others.
    const seesAll = (await readlink('/proc/self/ns/pid')) === 'pid:[4026531836]';
    expect(await second.tryLock()).toBe(seesAll ? 'held' : 'KEEPFIT_STORE_LOCKED');
  },
);

inContainers(
  'a lock of an earlier version, which names no container, is held while its process may run',
  async () => {
    const path = join(folder, '.backup.lock');
    const [first, second, inside] = await Promise.all([start(), start(), start(container('sums'))]);
    expect(await first.tryLock()).toBe('held');
    const { pidNamespace, machine, socket, ...earlier } = JSON.parse(await readFile(path, 'utf8'));
    expect([pidNamespace, socket]).toEqual([expect.stringMatching(/^pid:/), expect.stringMatching(/sock$/)]);
    expect(machine === undefined || typeof machine === 'string').toBe(true);
    await writeFile(path, JSON.stringify(earlier));
    expect(await second.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
    await first.kill();
    expect(await inside.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
  },
);

inContainers('a trainer that ends with its lock is not kept alive by it, and is followed', async () => {
  const [first, second] = await Promise.all([start(container('sums-1')), start(container('sums-2'))]);
  expect(await first.tryLock()).toBe('held');
  await first.end();
  expect(await second.tryLock()).toBe('held');
});
