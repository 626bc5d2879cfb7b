import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { chromiumArgs, chromiumPath } from './chromium.js';

/**
 * A real browser with a profile on disk, that can be killed as a power cut or the system's memory killer
 * would.
 */
export interface KillableChromium {
  readonly context: BrowserContext;
  /** SIGKILL to all of its processes. Resolves when they are gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function startChromium(profile: string): Promise<KillableChromium> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium on this machine');
  const args = [
    ...chromiumArgs,
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ];
  // A process group of its own, so that no helper process outlives the kill.
  const browser = spawn(chromiumPath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const end = async (signal: NodeJS.Signals) => {
    if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null)
      process.kill(-browser.pid, signal);
    await gone;
  };
  const connection = await connect(await debuggerAddress(browser.stderr));
  const [context] = connection.contexts();
  if (context === undefined) throw new Error('the browser has no context');
  // Of pages too. A busy machine may need more than Playwright's 30 s.
  context.setDefaultTimeout(120_000);
  return {
    context,
    kill: () => end('SIGKILL'),
    async close() {
      await connection.close();
      await end('SIGTERM');
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

async function debuggerAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stderr });
  for await (const line of lines) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    // Read on, or the pipe fills and the browser stops.
    stderr.resume();
    return address;
  }
  throw new Error('Chromium ended before it could be driven');
}
