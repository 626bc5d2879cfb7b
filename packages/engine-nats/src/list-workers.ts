import { checkOptions } from '@keepfit/callbacks/internal';
import type { NatsConnection } from '@nats-io/nats-core';
import { explainRefusal } from './board/explain-refusal.js';
import type { WorkerReport } from './contract/messages.js';
import { REPORTS } from './contract/subjects.js';
import { CONNECTION } from './options.js';
import { readPacket } from './wire/packet.js';

export interface ListWorkersOptions {
  readonly connection: NatsConnection;
  /**
   * How long to wait for answers, in milliseconds. A worker answers between two shards.
   *
   * @default 1000
   */
  readonly patience?: number;
}

/**
 * Lists the workers of all runs on a server, sorted by run and name.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_ENGINE_FAILED when the user of the connection may not ask.
 */
export async function listWorkers(options: ListWorkersOptions): Promise<readonly WorkerReport[]> {
  checkOptions('listWorkers', options, {
    connection: CONNECTION,
    patience: [(value) => typeof value === 'number' && value > 0, 'milliseconds above 0'],
  });
  const { connection, patience = 1000 } = options;
  const reports: WorkerReport[] = [];
  try {
    const answers = { strategy: 'timer', maxWait: patience } as const;
    for await (const message of await connection.requestMany(REPORTS, undefined, answers)) {
      const packet = readPacket(message.data);
      if (packet !== undefined) reports.push(packet.head as WorkerReport);
    }
  } catch (error) {
    // Nobody hears of the question if there is no worker.
    if (!(error instanceof Error && error.name === 'NoResponders'))
      throw explainRefusal(error, connection, undefined) ?? error;
  }
  const key = ({ run, worker }: WorkerReport) => `${run} ${worker}`;
  return reports.sort((one, other) => key(one).localeCompare(key(other)));
}
