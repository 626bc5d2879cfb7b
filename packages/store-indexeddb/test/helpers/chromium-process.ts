import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium } from 'playwright';

/** Where Chromium is, or undefined. */
export const chromiumPath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

export interface ChromiumProcess {
  readonly context: BrowserContext;
  /** Ends all its processes at once, as SIGKILL does. */
  kill(): Promise<void>;
}

/** Starts Chromium with this folder as its profile. */
export async function startChromium(profile: string): Promise<ChromiumProcess> {
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const options = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-sandbox', '--disable-gpu', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];
  // A group of its own, so that all its processes are killed at once.
  const child = spawn(chromiumPath ?? '', [...options, ...quiet], { detached: true, stdio: 'ignore' });
  const browser = await connect(`http://127.0.0.1:${await portIn(portFile, child)}`);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('the browser has no context');
  return {
    context,
    kill: async () => {
      const exit = once(child, 'exit');
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await exit;
      await browser.close().catch(() => undefined);
    },
  };
}

/** A browser that has just begun may leave the first connection without an answer. */
async function connect(address: string, tries = 3): Promise<Browser> {
  try {
    return await chromium.connectOverCDP(address, { timeout: 8000 });
  } catch (error) {
    if (tries === 1) throw error;
    return connect(address, tries - 1);
  }
}

/** Chromium writes the file once it listens. */
async function portIn(file: string, child: ChildProcess): Promise<string> {
  while (child.exitCode === null) {
    const [port] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port) return port;
    await setTimeout(20);
  }
  throw new Error(`the browser ended with ${child.exitCode}`);
}
