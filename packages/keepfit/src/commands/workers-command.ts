import type { WorkerReport } from '@keepfit/engine-nats';
import { Command } from 'commander';
import { formatAge, formatColumns, formatJson, formatName } from '../output/format.js';
import type { Terminal } from '../output/terminal.js';
import { connectNats, loadEngine, type ServerOptions } from './connect-nats.js';

interface WorkersOptions extends ServerOptions {
  readonly json?: boolean;
}

/** Creates `keepfit workers`. */
export function createWorkersCommand(terminal: Terminal): Command {
  return new Command('workers')
    .description(
      'Lists the workers of all runs on a server of NATS: since when, what they do, how many shards they have computed, how fast. A worker answers between two shards.',
    )
    .argument('<server>', 'its address, such as nats://host')
    .option('--creds <file>', 'the credentials of a user of NATS')
    .option('--json', 'print JSON')
    .action(async (server: string, { json = false, ...options }: WorkersOptions) => {
      const { listWorkers } = await loadEngine(() => import('@keepfit/engine-nats'));
      const connection = await connectNats(server, options);
      try {
        const workers = await listWorkers({ connection });
        terminal.print(json ? formatJson({ workers }) : formatWorkers(workers, terminal.now()));
      } finally {
        await connection.close();
      }
    });
}

function formatWorkers(workers: readonly WorkerReport[], now: number): string {
  if (workers.length === 0) return 'There are no workers.\n';
  const rows = workers.map(({ run, worker, since, state, computed, milliseconds }) => [
    formatName(run),
    formatName(worker),
    `since ${formatAge(since, now)}`,
    state,
    `${computed} shards`,
    milliseconds === undefined ? '' : `${milliseconds.toFixed(1)} ms each`,
  ]);
  return formatColumns(rows, '');
}
