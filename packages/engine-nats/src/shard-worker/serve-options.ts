import type { CreateTraining } from '@keepfit/engine-threads/internal';
import type { NatsConnection } from '@nats-io/nats-core';

export interface ServeShardsOptions {
  /**
   * A connection to the server: by `connect` of `@nats-io/transport-node` in Node, by `wsconnect` of
   * `@nats-io/nats-core` in a page. It is not closed.
   */
  readonly connection: NatsConnection;
  /** The name of the run, as `natsEngine` has it. */
  readonly run: string;
  /**
   * Makes the training. Needed for models, layers, losses and metrics that are not of tfjs-layers and keepfit.
   *
   * @default from its configuration
   */
  readonly create?: CreateTraining;
  /** The address of a module whose default export is such a function. */
  readonly module?: URL | string;
  /** What this worker is called in messages and lists. @default 'worker' */
  readonly name?: string;
  /** Ends the worker when it has answered the job at hand. @default it ends with the connection */
  readonly signal?: AbortSignal;
}
