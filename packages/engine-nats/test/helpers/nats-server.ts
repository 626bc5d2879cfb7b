import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reportMissing } from '../../../../test/setup/report-missing.js';

const candidates = [
  process.env['NATS_SERVER'],
  '/usr/sbin/nats-server',
  '/usr/bin/nats-server',
  '/usr/local/bin/nats-server',
];

/** Where NATS' server is; undefined if there is none, so that its tests are left out. */
export const natsServerPath = candidates.find((path) => path !== undefined && existsSync(path));

if (natsServerPath === undefined)
  reportMissing(
    'nats-server (looked in /usr/sbin, /usr/bin, /usr/local/bin and at the variable NATS_SERVER)',
    'the tests of many machines',
  );

/** A server on free ports of this machine, in a temporary folder. */
export interface NatsServer {
  readonly url: string;
  readonly websocketUrl: string;
  /** Ends it at once, and starts it again on the same ports. What it had in memory is lost. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Ports {
  readonly nats: number;
  readonly websocket: number;
}

/**
 * @param config More lines of its configuration, such as users.
 * @param maxPayload In bytes. Small, so that weights and answers go in parts; a server has 1 MiB if nobody sets it.
 */
export async function startNatsServer(config = '', maxPayload = 8192): Promise<NatsServer> {
  const lines = `max_payload: ${maxPayload}\n${config}`;
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-nats-'));
  let running = await start(folder, { nats: -1, websocket: -1 }, lines);
  const { ports } = running;
  const kill = async (): Promise<void> => {
    running.child.kill('SIGKILL');
    await once(running.child, 'exit');
  };
  return {
    url: `nats://127.0.0.1:${ports.nats}`,
    websocketUrl: `ws://127.0.0.1:${ports.websocket}`,
    async restart() {
      await kill();
      running = await start(folder, ports, lines);
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(
  folder: string,
  ports: Ports,
  lines: string,
): Promise<{ child: ChildProcess; ports: Ports }> {
  const config = join(folder, 'nats.conf');
  await writeFile(
    config,
    `host: 127.0.0.1\nport: ${ports.nats}\nports_file_dir: "${folder}"\njetstream { store_dir: "${folder}" }\n` +
      `websocket { host: 127.0.0.1, port: ${ports.websocket}, no_tls: true }\n${lines}\n`,
  );
  const child = spawn(natsServerPath ?? '', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const isReady = (): boolean => log.includes('Server is ready');
  while (!isReady()) {
    if (child.exitCode !== null) throw new Error(`nats-server has ended: ${log}`);
    await wait(10);
  }
  return { child, ports: ports.nats > 0 ? ports : await readPorts(folder, child.pid ?? 0) };
}

/** The server writes the ports that it was given into a file of its process. */
async function readPorts(folder: string, pid: number): Promise<Ports> {
  for (;;)
    try {
      const text = await readFile(join(folder, `nats-server_${pid}.ports`), 'utf8');
      const { nats, websocket } = JSON.parse(text) as { nats: string[]; websocket: string[] };
      const [port, webPort] = [nats, websocket].map((urls) => Number(new URL(urls[0] ?? '').port));
      return { nats: port ?? 0, websocket: webPort ?? 0 };
    } catch {
      await wait(10);
    }
}
