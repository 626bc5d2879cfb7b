import { afterEach, expect, test, vi } from 'vitest';

const TIMERS = ['setImmediate', 'setTimeout', 'clearTimeout', 'setInterval', 'queueMicrotask'] as const;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetModules();
});

/** Loads the module again, with the globals of this moment. */
async function load(): Promise<typeof import('../src/timers.js')> {
  vi.resetModules();
  return import('../src/timers.js');
}

/** Timers as `node:test` fakes them: they stand still, and have no clock. */
function fakeBound(): void {
  for (const name of TIMERS)
    vi.stubGlobal(
      name,
      Object.defineProperty(() => 0, 'name', { value: `bound ${name}` }),
    );
}

/** Timers as Sinon, Jest and Vitest fake them: they stand still. */
function fakeAll(): void {
  for (const name of TIMERS)
    vi.stubGlobal(
      name,
      Object.assign(() => 0, { clock: {} }),
    );
  vi.stubGlobal('performance', { now: () => 0 });
}

test('a turn comes although every timer is faked after keepfit is loaded', async () => {
  const { waitForTurn, timers } = await load();
  const realNow = timers.now();
  vi.useFakeTimers({
    toFake: ['setImmediate', 'setTimeout', 'setInterval', 'clearTimeout', 'performance', 'Date', 'hrtime'],
  });
  fakeAll();
  vi.stubGlobal('MessageChannel', undefined);
  await waitForTurn();
  expect(timers.now()).toBeGreaterThanOrEqual(realNow);
  expect(realNow).toBeGreaterThan(0);
});

test('a timer that keepfit waits for fires although all are faked after keepfit is loaded', async () => {
  const { timers } = await load();
  vi.useFakeTimers();
  fakeAll();
  const cleared = timers.setTimeout(() => expect.unreachable(), 0);
  timers.clearTimeout(cleared);
  await new Promise<void>((resolve) => timers.setTimeout(resolve, 1));
});

test.each([fakeAll, fakeBound])(
  'a turn comes although %o faked every timer before keepfit is loaded',
  async (fake) => {
    fake();
    const { waitForTurn } = await load();
    await waitForTurn();
  },
);

test.each([{ setImmediate: undefined }, {}])(
  'nothing hangs if timers are faked first and there are no messages, with %o',
  async (globals) => {
    fakeAll();
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    vi.stubGlobal('MessageChannel', undefined);
    const { waitForTurn } = await load();
    await waitForTurn();
  },
);

test.each(['message', 'immediate', 'timeout'])('a turn by %s lets others run', async (kind) => {
  if (kind !== 'immediate') vi.stubGlobal('setImmediate', undefined);
  if (kind === 'timeout') vi.stubGlobal('MessageChannel', undefined);
  const { waitForTurn } = await load();
  let hasRun = false;
  const { port1, port2 } = new (await import('node:worker_threads')).MessageChannel();
  const other = new Promise<void>((resolve) => port1.once('message', resolve));
  port2.postMessage('another task');
  void other.then(() => (hasRun = true));
  for (let turn = 0; turn < 100 && !hasRun; turn += 1) await waitForTurn();
  expect(hasRun).toBe(true);
  port1.close();
});

test('loading keepfit starts nothing, and a turn leaves no port open', async () => {
  const opened = vi.fn();
  const closed = vi.fn();
  const Real = MessageChannel;
  vi.stubGlobal('setImmediate', undefined);
  vi.stubGlobal(
    'MessageChannel',
    class {
      constructor() {
        opened();
        const channel = new Real();
        const close = channel.port1.close.bind(channel.port1);
        channel.port1.close = () => {
          closed();
          close();
        };
        return channel;
      }
    },
  );
  const { waitForTurn } = await load();
  expect(opened).not.toHaveBeenCalled();
  await waitForTurn();
  await waitForTurn();
  expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([2, 2]);
});

test("a page's substitute of setImmediate is not used", async () => {
  const substitute = vi.fn();
  vi.stubGlobal('setImmediate', substitute);
  vi.stubGlobal('document', {});
  const { waitForTurn } = await load();
  await waitForTurn();
  expect(substitute).not.toHaveBeenCalled();
});

test('a platform without performance has a clock', async () => {
  vi.stubGlobal('performance', undefined);
  const { timers } = await load();
  expect(timers.now()).toBeGreaterThan(1e12);
});
