import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { escapeLine } from '@keepfit/callbacks/internal';
import { Command } from 'commander';
import type { Terminal } from '../output/terminal.js';
import { connectNats, hidePassword, loadEngine, type ServerOptions } from './connect-nats.js';

interface WorkerOptions extends ServerOptions {
  readonly run: string;
  readonly module?: string;
  readonly name?: string;
}

/** Creates `keepfit worker`. */
export function createWorkerCommand(terminal: Terminal): Command {
  return new Command('worker')
    .description(
      'Computes shards for the trainings of a run, by a server of NATS with JetStream, until it is interrupted. It answers the job at hand first.',
    )
    .argument('<server>', 'its address, such as nats://host or tls://user:password@host:4222')
    .requiredOption('--run <name>', 'the name of the run, as natsEngine has it')
    .option('--module <file>', 'a module whose default export makes the training')
    .option('--name <name>', 'what lists call this worker; its host and process if left out')
    .option('--creds <file>', 'the credentials of a user of NATS')
    .action(async (server: string, { run, module, name, creds }: WorkerOptions) => {
      const { serveShards } = await loadEngine(() => import('@keepfit/engine-nats/serve'));
      const connection = await connectNats(server, creds === undefined ? {} : { creds });
      const ended = new AbortController();
      const end = () => ended.abort();
      for (const signal of SIGNALS) process.on(signal, end);
      try {
        terminal.print(`serves the run ${escapeLine(run)} at ${escapeLine(hidePassword(server))}\n`);
        await serveShards({
          connection,
          run,
          name: name ?? `${hostname()}:${process.pid}`,
          signal: ended.signal,
          ...(module !== undefined && { module: pathToFileURL(resolve(module)) }),
        });
      } finally {
        for (const signal of SIGNALS) process.off(signal, end);
        await connection.close();
      }
    });
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
