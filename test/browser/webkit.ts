import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type BrowserKind, type DrivenBrowser, readSettled, settle } from './driven-browser.js';

/** Debian's packages webkit2gtk-driver and xvfb. */
const miniBrowser = [
  process.env['WEBKIT'],
  ...['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser`),
].find((path) => path !== undefined && existsSync(path) && existsSync('/usr/bin/Xvfb'));

export const webkit: BrowserKind = { name: 'WebKit', path: miniBrowser, start: startWebKit };

/**
 * Drives WebKitGTK's small browser by the protocol of its inspector, because a browser that WebDriver started
 * keeps nothing on disk.
 */
async function startWebKit(profile: string): Promise<DrivenBrowser> {
  const display = await startDisplay();
  const inspector = `127.0.0.1:${await findFreePort()}`;
  const environment = {
    ...process.env,
    DISPLAY: display.name,
    GDK_BACKEND: 'x11',
    // WebKitGTK takes the C of C.UTF-8 for a language; this one is en-US.
    LC_ALL: 'C',
    HOME: profile,
    XDG_DATA_HOME: join(profile, 'data'),
    XDG_CACHE_HOME: join(profile, 'cache'),
    XDG_CONFIG_HOME: join(profile, 'config'),
    WEBKIT_INSPECTOR_HTTP_SERVER: inspector,
  };
  const browser = spawn(miniBrowser ?? '', ['about:blank'], {
    detached: true,
    stdio: 'ignore',
    env: environment,
  });
  const exit = once(browser, 'exit');
  const ask = await inspect(await findSocket(inspector, browser));
  const evaluate = async (expression: string) => {
    const begun = (await ask('Runtime.evaluate', { expression: settle(expression) })) as Evaluated;
    const { objectId } = begun.result;
    const ended = await ask('Runtime.awaitPromise', { promiseObjectId: objectId, returnByValue: true });
    return readSettled((ended as Evaluated).result.value);
  };
  return {
    evaluate,
    goto: async (url) => {
      await ask('Page.navigate', { url });
      // An evaluation may end with the document before.
      while ((await evaluate('location.href').catch(() => undefined)) !== url) await setTimeout(20);
    },
    collectGarbage: async () => void (await ask('Heap.gc', {})),
    kill: async () => {
      if (browser.exitCode === null && browser.signalCode === null)
        process.kill(-(browser.pid ?? 0), 'SIGKILL');
      await exit;
      await display.close();
    },
  };
}

interface Evaluated {
  readonly result: { readonly objectId: string; readonly value: string };
}

/** WebKitGTK needs a display. Nobody sees this one. */
async function startDisplay(): Promise<{ name: string; close(): Promise<void> }> {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const server = spawn('/usr/bin/Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const exit = once(server, 'exit');
  const named = once(server.stdio[3] as NodeJS.ReadableStream, 'data');
  const [number] = (await Promise.race([named, exit])) as [Buffer | number | null];
  if (!Buffer.isBuffer(number)) throw new Error(`Xvfb ended with ${number}`);
  return {
    name: `:${number.toString().trim()}`,
    close: async () => {
      server.kill();
      await exit;
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The inspector's address for the only page, which a list of pages in HTML names. */
async function findSocket(inspector: string, browser: { readonly exitCode: number | null }): Promise<string> {
  for (;;) {
    if (browser.exitCode !== null) throw new Error(`the browser ended with ${browser.exitCode}`);
    const list = await fetch(`http://${inspector}/`).then(
      (response) => response.text(),
      () => '',
    );
    const [path] = /socket\/\d+\/\d+\/WebPage/.exec(list) ?? [];
    if (path !== undefined) return `ws://${inspector}/${path}`;
    await setTimeout(50);
  }
}

type Ask = (method: string, parameters: object) => Promise<unknown>;

/**
 * Commands go to a target, the page's process of the moment, in the text of a command to the inspector. A
 * navigation may replace the process; commands to the former one are then rejected.
 */
async function inspect(address: string): Promise<Ask> {
  const socket = new WebSocket(address);
  const waiting = new Map<
    number,
    { target: string; resolve(value: unknown): void; reject(error: Error): void }
  >();
  let target = '';
  let id = 0;

  function end(gone: string): void {
    for (const [number, caller] of waiting) {
      if (gone !== '' && caller.target !== gone) continue;
      waiting.delete(number);
      caller.reject(new Error('the page is gone'));
    }
  }

  function answer({ id: answered, result, error }: Message): void {
    const caller = waiting.get(answered ?? 0);
    waiting.delete(answered ?? 0);
    if (error === undefined) caller?.resolve(result);
    else caller?.reject(new Error(error.message));
  }

  const found = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => end(''));
    socket.on('message', (data: Buffer) => {
      const { method, params, error, id: failed } = JSON.parse(data.toString()) as Message;
      if (error !== undefined) answer({ id: failed, error });
      if (method === 'Target.dispatchMessageFromTarget')
        answer(JSON.parse(params?.message ?? '{}') as Message);
      if (method === 'Target.targetDestroyed') end(params?.targetId ?? '');
      if (method === 'Target.didCommitProvisionalTarget') target = params?.newTargetId ?? '';
      if (method === 'Target.targetCreated' && params?.targetInfo?.isProvisional !== true) {
        target = params?.targetInfo?.targetId ?? '';
        resolve();
      }
    });
  });
  await found;
  return (method, parameters) =>
    new Promise((resolve, reject) => {
      id += 1;
      waiting.set(id, { target, resolve, reject });
      const message = JSON.stringify({ id, method, params: parameters });
      socket.send(
        JSON.stringify({ id, method: 'Target.sendMessageToTarget', params: { targetId: target, message } }),
      );
    });
}

interface Message {
  readonly id?: number | undefined;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly params?: {
    readonly message?: string;
    readonly targetId?: string;
    readonly newTargetId?: string;
    readonly targetInfo?: { readonly targetId: string; readonly isProvisional?: boolean };
  };
}
