import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BrowserKind, type DrivenBrowser, readSettled, settle } from './driven-browser.js';

const firefoxPath = [process.env['FIREFOX'], '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (path) => path !== undefined && existsSync(path),
);

export const firefox: BrowserKind = { name: 'Firefox', path: firefoxPath, start: startFirefox };

/** Drives Firefox by Marionette, which every Firefox speaks. */
async function startFirefox(profile: string): Promise<DrivenBrowser> {
  const home = join(profile, 'home');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(profile, 'user.js'),
    'user_pref("marionette.port", 0);\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n',
  );
  const portFile = join(profile, 'MarionetteActivePort');
  // A killed Firefox has left its port.
  rmSync(portFile, { force: true });
  const environment = { ...process.env, HOME: home, MOZ_HEADLESS: '1', MOZ_CRASHREPORTER_DISABLE: '1' };
  const args = [
    '--marionette',
    '--remote-allow-system-access',
    '--headless',
    '--no-remote',
    '--profile',
    profile,
  ];
  const child = spawn(firefoxPath ?? '', args, { detached: true, stdio: 'ignore', env: environment });
  while (!existsSync(portFile) || readFileSync(portFile, 'utf8') === '') {
    if (child.exitCode !== null) throw new Error(`the browser ended with ${child.exitCode}`);
    await setTimeout(50);
  }
  const ask = marionette(connect(Number(readFileSync(portFile, 'utf8')), '127.0.0.1'));
  await ask('WebDriver:NewSession', { timeouts: { script: 300_000 } });
  return {
    goto: async (url) => void (await ask('WebDriver:Navigate', { url })),
    evaluate: async (expression) => {
      const script = `const [done] = arguments; ${settle(expression)}.then(done);`;
      const text = (await ask('WebDriver:ExecuteAsyncScript', { script, args: [] })) as { value: string };
      return readSettled(text.value);
    },
    collectGarbage: async () => {
      const script = 'Cu.forceGC(); Cu.forceCC(); Cu.forceGC(); return 1;';
      await ask('WebDriver:ExecuteScript', { script, args: [], sandbox: 'system' });
    },
    kill: async () => {
      const exit = once(child, 'exit');
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await exit;
    },
  };
}

/**
 * Commands are `<length>:[0, id, name, parameters]`, answers `<length>:[1, id, error, result]`; the first
 * message greets.
 */
function marionette(socket: Socket): (name: string, parameters: object) => Promise<unknown> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let received = Buffer.alloc(0);
  let id = 0;
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const colon = received.indexOf(':');
      const end = colon + 1 + Number(received.subarray(0, Math.max(colon, 0)));
      if (colon < 0 || received.length < end) return;
      const message = JSON.parse(received.subarray(colon + 1, end).toString()) as unknown;
      received = received.subarray(end);
      if (!Array.isArray(message)) continue;
      const [, answered, error, result] = message as [number, number, { message: string } | null, unknown];
      const caller = waiting.get(answered);
      if (error === null) caller?.resolve(result);
      else caller?.reject(new Error(error.message));
    }
  });
  return (name, parameters) =>
    new Promise((resolve, reject) => {
      id += 1;
      waiting.set(id, { resolve, reject });
      const text = JSON.stringify([0, id, name, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
}
