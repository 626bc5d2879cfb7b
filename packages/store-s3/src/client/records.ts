import { KeepfitError } from '@keepfit/callbacks/store';
import { createId } from './create-id.js';
import type { Conditions } from './conditions.js';
import type { S3Client } from './contract.js';

/** The value of a small object, and the tag that it has until it is replaced. */
export interface TaggedRecord<Value> {
  readonly value: Value;
  readonly tag: string;
}

/** Small JSON objects that are replaced by conditional PUTs, so that of several writers one wins. */
export interface Records {
  read<Value extends object>(name: string): Promise<TaggedRecord<Value> | undefined>;
  /**
   * Replaces the record `from`; undefined: nothing is there. Resolves to the new record, or to undefined if
   * something else is there. If the server's answer is lost, the record itself tells who wrote it.
   *
   * @throws KEEPFIT_STORE_FAILED when the server refuses, or it is not known whether it was replaced.
   */
  swap<Value extends object>(
    name: string,
    value: Value,
    from: TaggedRecord<Value> | undefined,
  ): Promise<TaggedRecord<Value> | undefined>;
}

/** @param getConditions Called before the first swap, because it may need requests. */
export function createRecords(
  client: S3Client,
  readTag: Conditions['readTag'],
  getConditions: () => Promise<Conditions>,
): Records {
  async function read<Value extends object>(
    name: string,
  ): Promise<TaggedRecord<Value & { readonly id?: string }> | undefined> {
    const { status, bytes, headers } = await client.send(name, { allowed: [404] });
    if (status === 404) return undefined;
    return { value: parse(name, bytes), tag: readTag(name, headers) };
  }

  return {
    read,

    async swap(name, value, from) {
      const { createHeaders } = await getConditions();
      // Also makes all contents differ, and so their tags, which are checksums on most servers.
      const id = createId();
      const body = new TextEncoder().encode(JSON.stringify({ ...value, id }));
      let failure: unknown;
      try {
        const headers = { ...createHeaders(from?.tag), 'content-type': 'application/json' };
        const answer = await client.send(name, { method: 'PUT', body, headers, allowed: [404, 412] });
        if (answer.status < 300) return { value, tag: readTag(name, answer.headers) };
      } catch (error) {
        failure = error;
      }
      const now = await read<typeof value>(name).catch((error: unknown) => {
        throw failure ?? error;
      });
      if (now?.value.id === id) return now;
      // As long as the tag is the same, a request on its way may still be carried out.
      if (failure !== undefined && now?.tag === from?.tag) throw failure;
      return undefined;
    },
  };
}

function parse<Value extends object>(name: string, bytes: Uint8Array): Value {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Value;
  } catch {
    // The same as another value.
  }
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${name} holds no record of this store: another program has written it, or a proxy answers in place of the server; correct url or prefix`,
  );
}
