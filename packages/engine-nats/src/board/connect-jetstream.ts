import { KeepfitError } from '@keepfit/callbacks';
import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Subjects } from '../contract/subjects.js';
import { explainRefusal } from './explain-refusal.js';

/** JetStream of a server. */
export interface JetStream {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** How long the server may take to say whether it has JetStream, in milliseconds. */
const PATIENCE = 1000;

/** @throws KEEPFIT_ENGINE_FAILED when the server has no JetStream, or the account or the user may not use it. */
export async function connectJetStream(connection: NatsConnection, subjects: Subjects): Promise<JetStream> {
  for (;;)
    try {
      await jetstreamManager(connection, { timeout: PATIENCE });
      const manager = await jetstreamManager(connection, { checkAPI: false });
      return { client: jetstream(connection), manager };
    } catch (cause) {
      // The connection was lost meanwhile.
      if (cause instanceof Error && cause.name === 'TimeoutError' && !connection.isClosed()) continue;
      throw (
        explainRefusal(cause, connection, subjects) ??
        new KeepfitError(
          'KEEPFIT_ENGINE_FAILED',
          `the server has no JetStream, or this account may not use it: ${String(cause)}. Start it with nats-server -js, or give the account JetStream`,
          { cause },
        )
      );
    }
}
