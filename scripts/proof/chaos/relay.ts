import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A port before a server, whose connections can be cut. */
export interface Relay {
  readonly port: number;
  /** Cuts the connection of the index that is chosen among so many. */
  cut(choose: (count: number) => number): void;
  close(): Promise<void>;
}

/** @param port Of the server on this machine. */
export async function startRelay(port: number): Promise<Relay> {
  const open: Socket[] = [];
  const server = createServer((inner) => {
    const outer = createConnection(port, '127.0.0.1');
    open.push(inner);
    inner.pipe(outer).pipe(inner);
    for (const socket of [inner, outer])
      socket
        .on('error', () => undefined)
        .on('close', () => {
          inner.destroy();
          outer.destroy();
          if (open.includes(inner)) open.splice(open.indexOf(inner), 1);
        });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: (choose) => open[choose(open.length)]?.destroy(),
    async close() {
      server.close();
      for (const socket of open.splice(0)) socket.destroy();
      await once(server, 'close');
    },
  };
}
