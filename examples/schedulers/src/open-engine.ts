import { type NatsEngine, natsEngine } from '@keepfit/engine-nats';
import { connect } from '@nats-io/transport-node';

/** The engine of a training, and how its connection is closed. */
export interface OpenEngine {
  /** Left out if this process computes alone. */
  readonly engine?: NatsEngine;
  close(): Promise<void>;
}

/**
 * Opens the engine that the environment names: workers of the run RUN at the server NATS_URL; without NATS_URL, this
 * process computes alone.
 */
export async function openEngine(env: NodeJS.ProcessEnv = process.env): Promise<OpenEngine> {
  const { NATS_URL, RUN = 'sums' } = env;
  if (NATS_URL === undefined) return { close: () => Promise.resolve() };
  const connection = await connect({ servers: NATS_URL, maxReconnectAttempts: -1 });
  return { engine: natsEngine({ connection, run: RUN }), close: () => connection.close() };
}
