import type { OptionRule } from '@keepfit/callbacks/internal';
import { isRunName } from './contract/subjects.js';

/** The rule for the option `connection`. */
export const CONNECTION: OptionRule = [
  isConnection,
  'a connection of NATS, such as await connect({ servers: "nats://host" }) of @nats-io/transport-node',
];

/** The rule for the option `run`. */
export const RUN: OptionRule = [isRunName, '1 to 64 letters, digits, "-" and "_"'];

function isConnection(value: unknown): boolean {
  const { subscribe, request } = (value ?? {}) as {
    readonly subscribe?: unknown;
    readonly request?: unknown;
  };
  return typeof subscribe === 'function' && typeof request === 'function';
}
