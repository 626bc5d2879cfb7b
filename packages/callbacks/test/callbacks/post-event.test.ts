import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createMask, maskUrl } from '../../src/callbacks/mask-secrets.js';
import type { MonitorFetch, MonitorRequest } from '../../src/callbacks/post-event.js';
import { RemoteMonitor, type RemoteMonitorOptions } from '../../src/callbacks/remote-monitor.js';

const closers: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0)) close();
});

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real server. It reads each request before it answers. */
async function serve(answer: RequestListener) {
  const received: Received[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { root: `http://127.0.0.1:${port}`, received };
}

/** Ends one epoch, and returns the warnings. */
async function deliver(options: RemoteMonitorOptions): Promise<string[]> {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const monitor = new RemoteMonitor({ path: '/epoch', sendAsJson: true, ...options });
  monitor.onTrainBegin();
  await monitor.onEpochEnd(0, { loss: 1 });
  return warn.mock.calls.flat() as string[];
}

const headers = { authorization: 'Bearer s3cr3t', 'x-key': 'k3yk3y' };
const STATUSES = [301, 302, 307, 308];

test.each(STATUSES)('posts again where a redirect %d within the origin leads', async (status) => {
  const { root, received } = await serve((request, response) => {
    if (request.url === '/epoch') response.writeHead(status, { location: '/epoch/' });
    response.end();
  });
  expect(await deliver({ root, headers })).toEqual([]);
  expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /epoch', 'POST /epoch/']);
  expect(received[1]!.body).toContain('"loss":1');
  expect(received[1]!.headers).toMatchObject(headers);
});

test.each(STATUSES)('refuses a redirect %d to another origin, which gets nothing', async (status) => {
  const other = await serve((_, response) => void response.end());
  const { root } = await serve(
    (_, response) => void response.writeHead(status, { location: `${other.root}/x?token=abcd` }).end(),
  );
  const [warning] = await deliver({ root, headers });
  expect(warning).toContain(`redirects to another origin, ${other.root}, which gets nothing`);
  expect(warning).not.toContain('abcd');
  expect(other.received).toEqual([]);
});

test('with redirects "follow" another origin gets the event, and none of the headers', async () => {
  const other = await serve((_, response) => void response.end());
  const { root } = await serve((_, response) => void response.writeHead(307, { location: other.root }).end());
  expect(await deliver({ root, headers, redirects: 'follow' })).toEqual([]);
  const [{ body, headers: sent }] = other.received as [Received];
  expect(body).toContain('"loss":1');
  expect(sent).toMatchObject({ 'content-type': 'application/json' });
  for (const name of Object.keys(headers)) expect(sent).not.toHaveProperty(name);
});

test('ends a circle of redirects, and refuses one that leads out of the web or nowhere', async () => {
  for (const [location, expected] of [
    ['/epoch', 'more than 20 times'],
    ['file:///etc/passwd', 'no address of the web'],
    [undefined, 'status 302'],
  ] as const) {
    const { root } = await serve(
      (_, response) => void response.writeHead(302, location === undefined ? {} : { location }).end(),
    );
    expect(await deliver({ root, redirects: 'follow' })).toEqual([expect.stringContaining(expected)]);
    vi.restoreAllMocks();
  }
});

test('takes 303 for delivered, and does not follow it', async () => {
  const { root, received } = await serve(
    (_, response) => void response.writeHead(303, { location: '/thanks' }).end(),
  );
  expect(await deliver({ root })).toEqual([]);
  expect(received).toHaveLength(1);
});

/** What a browser answers: it hides where a redirect leads. */
function browser() {
  const asked: MonitorRequest[] = [];
  const fetch: MonitorFetch = async (_url, request) => {
    asked.push(request);
    const isOpaque = request.redirect === 'manual';
    return {
      ok: !isOpaque,
      status: isOpaque ? 0 : 200,
      type: isOpaque ? 'opaqueredirect' : 'basic',
      body: null,
    };
  };
  return { fetch, asked };
}

test('in a browser refuses a redirect, unless all may be followed and no headers could get elsewhere', async () => {
  for (const options of [{}, { redirects: 'follow', headers }] as const) {
    const { fetch, asked } = browser();
    expect(await deliver({ fetch, ...options })).toEqual([
      expect.stringContaining('set root and path to the final'),
    ]);
    expect(asked).toHaveLength(1);
    vi.restoreAllMocks();
  }
  const { fetch, asked } = browser();
  expect(await deliver({ fetch, redirects: 'follow' })).toEqual([]);
  expect(asked.map(({ redirect }) => redirect)).toEqual(['manual', 'follow']);
});

test('reads an endless answer up to a limit, and cancels it', async () => {
  let length = 0;
  const closed = new Promise<void>((resolve) => {
    void serve((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(2 ** 14))) length += 2 ** 14;
      };
      response.on('drain', send).on('close', resolve);
      send();
    }).then(async ({ root }) => expect(await deliver({ root })).toEqual([]));
  });
  await closed;
  expect(length).toBeLessThan(2 ** 25);
});

test.each([
  ['a fetch that never settles', () => new Promise<never>(() => undefined), ['timeout']],
  [
    'an answer that never ends',
    async () => ({
      ok: true,
      status: 200,
      body: new ReadableStream({ pull: () => new Promise(() => undefined) }),
    }),
    [],
  ],
  [
    'a text that never comes',
    async () => ({ ok: true, status: 200, text: () => new Promise<string>(() => undefined) }),
    [],
  ],
])('waits for %s no longer than the timeout', async (_, fetch, expected) => {
  expect(await deliver({ fetch, timeout: 1 })).toEqual(expected.map((text) => expect.stringContaining(text)));
});

test.each([
  ['https://user:pa55word@host.example/path?token=abc#frag', 'https://***@host.example/path?***'],
  ['https://host.example/path#token', 'https://host.example/path#***'],
  ['https://user:p@ss@host.example/', 'https://***@host.example/'],
  [' https://user:pass\n@host.example/', 'https://***@host.example/'],
  ['https:user:pass@host.example', 'https:***@host.example'],
  ['https:\\\\user:pass@host.example', 'https:\\\\***@host.example'],
  ['https://user:p/ss@host.example', 'https://***'],
  ['https://user:p?ss@host.example', 'https://***'],
  ['//user:pass@host.example/x', '//***@host.example/x'],
  ['user:pass@host.example/x', '***@host.example/x'],
  ['/log?token=abc', '/log?***'],
  ['log#abc', 'log#***'],
  ['http://localhost:9000/publish/epoch/end/', 'http://localhost:9000/publish/epoch/end/'],
  ['https://host.example/@me/x', 'https://host.example/@me/x'],
])('shows %s as %s', (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
});

test('masks secrets in what a fetch says, however it writes them', () => {
  const mask = createMask('https://us%40er:pa55word@host.example/x?token=t0k%20en', headers);
  for (const secret of [
    'us%40er',
    'us@er',
    'pa55word',
    't0k%20en',
    't0k en',
    'Bearer s3cr3t',
    's3cr3t',
    'k3yk3y',
  ])
    expect(mask(`it was ${secret}.`)).toBe('it was ***.');
  expect(mask('got https://a:b@c.example/d?e')).toBe('got https://***@c.example/d?***');
});

test.each(['https://user:pa55word@127.0.0.1:9', 'https://user:pa55w/ord@host', 'https://host:pa55word'])(
  'a warning about %s has no secret, whatever fetch says of it',
  async (root) => {
    const warnings = await deliver({ root, path: '/x?token=t0ken#fr4g', headers });
    expect(warnings).toHaveLength(1);
    for (const secret of ['user', 'pa55w', 'ord@', 't0ken', 'fr4g', 's3cr3t', 'k3yk3y'])
      expect(warnings[0]).not.toContain(secret);
  },
);

test('a header that fetch refuses is not shown', async () => {
  const [warning] = await deliver({ headers: { authorization: 'Bearer s3cr\u0001et' } });
  expect(warning).not.toContain('s3cr');
  for (const wrong of [{ authorization: 'Bearer s3cr3t', n: 5 }, ['s3cr3t'], 's3cr3t'])
    expect(() => new RemoteMonitor({ headers: wrong as never })).toThrow(
      expect.objectContaining({
        code: 'KEEPFIT_INVALID_OPTION',
        message: expect.not.stringContaining('s3cr3t'),
      }),
    );
});

test('escapes and cuts what a server makes fetch say', async () => {
  const fetch: MonitorFetch = () =>
    Promise.reject(
      new TypeError('fetch failed', { cause: new Error(`\u001b[2J\u202e\n${'x'.repeat(5000)}`) }),
    );
  const [warning] = await deliver({ fetch });
  expect(warning).toContain('\\u001b[2J\\u202e\\u000a');
  expect(warning!.length).toBeLessThan(500);
});

test('masks each word of a header, also of a value that fetch trims', () => {
  const mask = createMask('https://host.example', { authorization: 'f1rst s3cond\n', cookie: ' th1rd ' });
  expect(mask('"f1rst s3cond" is no value, and f1rst or "th1rd" neither')).toBe(
    '"***" is no value, and *** or "***" neither',
  );
});

test('masks a long text in no long time', () => {
  const text = 'x'.repeat(2_000_000);
  expect(createMask('https://host.example', {})(`${text} http://a:b@c.example/`)).toBe(
    `${text} http://***@c.example/`,
  );
});

test.each<[kind: string, thrown: () => unknown]>([
  ['undefined', () => undefined],
  ['null', () => null],
  ['a text', () => 'down'],
  [
    'an error whose message throws',
    () =>
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('no message');
        },
      }),
  ],
  [
    'an error whose cause has no text',
    () => new Error('x', { cause: Object.assign(new Error(), { code: 5n }) }),
  ],
])('a fetch that rejects with %s does not end training', async (_, thrown) => {
  const fetch: MonitorFetch = async () => {
    throw thrown();
  };
  expect(await deliver({ fetch })).toEqual([expect.stringContaining('could not deliver')]);
});
