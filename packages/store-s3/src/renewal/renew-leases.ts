import { type KeepfitErrorCode, isKeepfitError } from '@keepfit/callbacks/store';
import { createConditions } from '../client/conditions.js';
import type { SignedFetch } from '../client/contract.js';
import { createRecords } from '../client/records.js';
import { createS3Client } from '../client/s3-client.js';
import { keepLease, type LeaseKeeper } from '../lock/lease-keeper.js';
import type { FromThread, KeepOrder, ToThread } from './messages.js';

/** The two kinds of workers, as far as they are used here. */
interface Platform {
  postMessage?(message: FromThread): void;
  addEventListener?(event: 'message', listener: (event: { readonly data: ToThread }) => void): void;
  readonly process?: { getBuiltinModule?(name: string): { readonly parentPort?: NodePort | null } };
}

interface NodePort {
  postMessage(message: FromThread): void;
  on(event: 'message', listener: (message: ToThread) => void): void;
}

/**
 * The program of the thread that the option `thread` of `s3Store` starts: it renews the lease of a lock, also while a
 * long step keeps the thread of the training busy. Call it once, in the file of that thread.
 *
 * @param fetch Signs a request and sends it, as the option `fetch` of `s3Store` does.
 */
export function renewLeases(fetch: SignedFetch): void {
  const platform = globalThis as unknown as Platform;
  const node = platform.process?.getBuiltinModule?.('node:worker_threads').parentPort;
  const post = (message: FromThread): void =>
    node == null ? platform.postMessage?.(message) : node.postMessage(message);
  let keeper: LeaseKeeper | undefined;

  function keep({ url, form, ...lease }: KeepOrder): void {
    const losing = new AbortController();
    losing.signal.addEventListener('abort', () => post({ kind: 'lost' }));
    const conditions = createConditions(form);
    const records = createRecords(createS3Client(url, fetch), conditions.readTag, async () => conditions);
    keeper = keepLease(records, lease, losing);
  }

  async function obey(order: ToThread): Promise<void> {
    try {
      if (order.kind === 'keep') keep(order);
      else await keeper?.[order.kind]();
      post({ kind: 'done' });
    } catch (error) {
      post(describeFailure(error));
    }
  }

  if (node == null) platform.addEventListener?.('message', ({ data }) => void obey(data));
  else node.on('message', (order) => void obey(order));
}

function describeFailure(error: unknown): FromThread {
  const code: KeepfitErrorCode = isKeepfitError(error) ? error.code : 'KEEPFIT_STORE_FAILED';
  const text = error instanceof Error ? error.message.replace(`${code}: `, '') : String(error);
  return { kind: 'failed', code, text };
}
