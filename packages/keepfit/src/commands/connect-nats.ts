import { readFile } from 'node:fs/promises';
import { KeepfitError } from '@keepfit/callbacks';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';

/** How to reach a server, from the command line. */
export interface ServerOptions {
  /** A file with the credentials of a user. */
  readonly creds?: string;
}

/** Why a module could not be loaded. */
const MISSING = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads a package that is not installed with keepfit.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is not installed; the message says how to install it.
 */
export async function loadEngine<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!MISSING.has(String((error as { readonly code?: unknown }).code))) throw error;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'this command needs packages that are not installed; run "npm install @keepfit/engine-nats @nats-io/transport-node" in your project',
      { cause: error },
    );
  }
}

/** Connects to a server of NATS, and waits for it if it restarts later on. */
export async function connectNats(servers: string, { creds }: ServerOptions): Promise<NatsConnection> {
  const { connect, credsAuthenticator } = await loadEngine(() => import('@nats-io/transport-node'));
  try {
    return await connect({
      ...readAddress(servers),
      name: 'keepfit',
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      ...(creds !== undefined && { authenticator: credsAuthenticator(await readFile(creds)) }),
    });
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_ENGINE_FAILED',
      `there is no connection to ${hidePassword(servers)}: ${String(cause)}`,
      { cause },
    );
  }
}

/** Takes user and password, or a token, out of an address, because the library does not. */
function readAddress(address: string): Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token'> {
  const [, scheme = '', login, host = ''] = /^(\w+:\/\/)?(.*)@([^@]*)$/.exec(address) ?? [];
  if (login === undefined) return { servers: address };
  const servers = scheme + host;
  const [first = '', ...rest] = login.split(':');
  if (rest.length === 0) return { servers, token: decodeURIComponent(first) };
  return { servers, user: decodeURIComponent(first), pass: decodeURIComponent(rest.join(':')) };
}

/** The address without what a log must not have. */
export function hidePassword(server: string): string {
  return server.replace(/^(\w+:\/\/)?.*@/, '$1…@');
}
