import { once } from 'node:events';
import { createServer, type IncomingMessage, request as sendRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * How far a request has come: its body is not read yet; it has not reached the server yet; or it is carried out, and
 * its sender does not have the answer yet.
 */
export type Instant = 'head' | 'body' | 'answer';

export interface HeldRequest {
  /** Resolves when the request is held up. */
  readonly isThere: Promise<void>;
  /** Lets it go on. Resolves when the server has answered. */
  free(): Promise<void>;
}

/** A proxy before a bucket that can hold up a request. */
export interface HoldingProxy {
  /** The address of the bucket, through the proxy. */
  readonly url: string;
  /** Holds up the request of this number from now on. Those of leases do not count. */
  holdUp(number: number, instant: Instant): HeldRequest;
  close(): Promise<void>;
}

export async function startHoldingProxy(bucket: string): Promise<HoldingProxy> {
  const target = new URL(bucket);
  let left = Infinity;
  let hold: (instant: Instant) => unknown = () => undefined;
  let tellAnswered: () => void = () => undefined;

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const isHeld = !new URL(incoming.url ?? '', target).pathname.endsWith('/lease') && left-- === 0;
    if (isHeld) await hold('head');
    const body = await buffer(incoming);
    if (isHeld) await hold('body');
    // The host is signed, so it stays.
    const { method, url, headers } = incoming;
    const sent = sendRequest({ host: target.hostname, port: target.port, method, path: url, headers });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const bytes = await buffer(answer);
    if (isHeld) await hold('answer');
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(bytes);
    if (isHeld) tellAnswered();
  }

  const http = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}${target.pathname}`,
    holdUp(number, instant) {
      const [there, freed, answered] = [createSwitch(), createSwitch(), createSwitch()];
      left = number;
      tellAnswered = answered.turn;
      hold = (reached) => {
        if (reached !== instant) return undefined;
        there.turn();
        return freed.isTurned;
      };
      return {
        isThere: there.isTurned,
        free() {
          freed.turn();
          return answered.isTurned;
        },
      };
    },
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

function createSwitch(): { readonly isTurned: Promise<void>; turn(): void } {
  let turn = (): void => undefined;
  const isTurned = new Promise<void>((resolve) => (turn = resolve));
  return { isTurned, turn };
}
