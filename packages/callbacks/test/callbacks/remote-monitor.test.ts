import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { MonitorFetch, MonitorRequest } from '../../src/callbacks/post-event.js';
import { RemoteMonitor, type RemoteMonitorOptions } from '../../src/callbacks/remote-monitor.js';

afterEach(() => void vi.restoreAllMocks());

interface Received {
  readonly url: string;
  readonly request: MonitorRequest;
}

/** A server in memory. `answer` gives the status of each request, or throws what fetch does. */
function server(answer: () => number = () => 200) {
  const received: Received[] = [];
  const fetch: MonitorFetch = async (url, request) => {
    received.push({ url, request });
    const status = answer();
    return { ok: status >= 200 && status < 300, status, text: async () => '' };
  };
  const events = (): Record<string, unknown>[] =>
    received.map(({ request }) => JSON.parse(request.body) as Record<string, unknown>);
  return { fetch, received, events };
}

function begin(options: RemoteMonitorOptions) {
  const monitor = new RemoteMonitor({ sendAsJson: true, ...options });
  monitor.onTrainBegin();
  return monitor;
}

function unreachable(): never {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
}

test('posts each epoch as a form, where Keras does', async () => {
  const { fetch, received } = server();
  const monitor = new RemoteMonitor({ fetch });
  monitor.onTrainBegin();
  await monitor.onEpochEnd(3, { loss: 0.5, 'a&b': 1 });
  const [{ url, request }] = received as [Received];
  expect([url, request.method]).toEqual(['http://localhost:9000/publish/epoch/end/', 'POST']);
  expect(request.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
  const form = new URLSearchParams(request.body);
  expect([...form.keys()]).toEqual(['data']);
  expect(JSON.parse(form.get('data')!)).toEqual({
    run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    epoch: 3,
    loss: 0.5,
    'a&b': 1,
  });
});

test('posts JSON, with headers, to another place', async () => {
  const { fetch, received, events } = server();
  const monitor = begin({
    fetch,
    root: 'https://monitor.example',
    path: '/x',
    headers: { authorization: 'me' },
  });
  await monitor.onEpochEnd(0, { loss: 2 });
  expect(received[0]!.url).toBe('https://monitor.example/x');
  expect(received[0]!.request.headers).toEqual({ 'content-type': 'application/json', authorization: 'me' });
  expect(events()).toMatchObject([{ epoch: 0, loss: 2 }]);
});

test('lets a given content type stand, and a field have another name', async () => {
  const { fetch, received } = server();
  const monitor = new RemoteMonitor({ fetch, field: 'the logs', headers: { 'Content-Type': 'text/x' } });
  monitor.onTrainBegin();
  await monitor.onEpochEnd(0, {});
  expect(received[0]!.request.headers).toEqual({ 'Content-Type': 'text/x' });
  expect(new URLSearchParams(received[0]!.request.body).has('the logs')).toBe(true);
});

test('sends NaN and infinite values as null', async () => {
  const { fetch, events } = server();
  await begin({ fetch }).onEpochEnd(0, { loss: NaN, a: -Infinity });
  expect(events()).toMatchObject([{ loss: null, a: null }]);
});

test('gives each training its own run id, and all its epochs the same', async () => {
  const { fetch, events } = server();
  const monitor = begin({ fetch });
  for (const epoch of [0, 1]) await monitor.onEpochEnd(epoch, {});
  monitor.onTrainBegin();
  await monitor.onEpochEnd(0, {});
  const [first, second, other] = events().map((event) => event['run_id']);
  expect(first).toBe(second);
  expect(other).not.toBe(first);
});

test.each([
  [
    'where the server cannot be reached',
    unreachable,
    /http:\/\/localhost:9000.*fetch failed \(connect ECONNREFUSED\)/,
  ],
  ['where it answers with an error', () => 503, /status 503/],
])('warns once and goes on %s', async (_, answer, expected) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const monitor = begin({ fetch: server(answer).fetch });
  for (const epoch of [0, 1, 2]) await monitor.onEpochEnd(epoch, {});
  await monitor.onTrainEnd();
  expect(warn.mock.calls).toEqual([[expect.stringMatching(expected)]]);
});

test('delivers in order what could not be delivered, once the server is back', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  let isUp = false;
  const { fetch, events, received } = server(() => (isUp ? 200 : 503));
  const monitor = begin({ fetch });
  for (const epoch of [0, 1]) await monitor.onEpochEnd(epoch, { loss: epoch });
  // Epoch 1 waits behind epoch 0, which alone was tried.
  expect(events().map(({ epoch }) => epoch)).toEqual([0, 0]);
  received.length = 0;
  isUp = true;
  await monitor.onEpochEnd(2, { loss: 2 });
  expect(events().map(({ epoch, loss }) => [epoch, loss])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
});

test('tries a last time when training ends', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  let isUp = false;
  const { fetch, events } = server(() => (isUp ? 200 : 503));
  const monitor = begin({ fetch });
  await monitor.onEpochEnd(0, {});
  isUp = true;
  await monitor.onTrainEnd();
  await monitor.onTrainEnd();
  expect(events()).toHaveLength(2);
});

test('a run killed and resumed at any point delivers every epoch at least once, under one run id', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const EPOCHS = 5;
  for (let killedAfter = 0; killedAfter < EPOCHS; killedAfter += 1) {
    for (let saved = 0; saved <= killedAfter; saved += 1) {
      let requests = 0;
      // Down for the second and third request.
      const delivered = new Map<unknown, Set<unknown>>();
      const fetch: MonitorFetch = async (_, { body }) => {
        requests += 1;
        const isUp = requests !== 2 && requests !== 3;
        const { epoch, run_id: runId } = JSON.parse(body) as Record<string, unknown>;
        if (isUp) delivered.set(epoch, (delivered.get(epoch) ?? new Set()).add(runId));
        return { ok: isUp, status: isUp ? 200 : 500, text: async () => '' };
      };
      const killed = begin({ fetch });
      let state = structuredClone(killed.getState());
      for (let epoch = 0; epoch < killedAfter; epoch += 1) {
        await killed.onEpochEnd(epoch, {});
        if (epoch + 1 === saved) state = structuredClone(killed.getState());
      }
      const resumed = begin({ fetch });
      resumed.setState(state);
      for (let epoch = saved; epoch < EPOCHS; epoch += 1) await resumed.onEpochEnd(epoch, {});
      await resumed.onTrainEnd();
      expect([...delivered.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
      expect(new Set([...delivered.values()].flatMap((ids) => [...ids]))).toEqual(new Set([state['runId']]));
    }
  }
});

test('gives up a delivery that takes too long', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const fetch: MonitorFetch = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  await begin({ fetch, timeout: 1 }).onEpochEnd(0, {});
  expect(warn.mock.calls).toEqual([[expect.stringContaining('timeout')]]);
});

test('posts by fetch to a real server', async () => {
  const bodies: string[] = [];
  const http = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString())).on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = http.address() as AddressInfo;
    await begin({ root: `http://127.0.0.1:${port}` }).onEpochEnd(4, { loss: 0.5 });
    expect(JSON.parse(bodies.join(''))).toMatchObject({ epoch: 4, loss: 0.5 });
  } finally {
    http.closeAllConnections();
    http.close();
  }
});

test.each([
  [{ root: 5 }],
  [{ path: null }],
  [{ field: '' }],
  [{ headers: ['a'] }],
  [{ headers: { a: 1 } }],
  [{ sendAsJson: 1 }],
  [{ timeout: 0 }],
  [{ timeout: 2 ** 31 }],
  [{ redirects: 'all' }],
  [{ headers: null }],
  [{ fetch: 'fetch' }],
  [{ send_as_json: true }],
])('refuses the options %o', (options) => {
  expect(() => new RemoteMonitor(options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
