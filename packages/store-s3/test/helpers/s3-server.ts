import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server treats conditions: as AWS, as Ceph (ETags without quotes), as Google, or not at all. */
export type ServerKind = 'aws' | 'ceph' | 'gcs' | 'careless';

/** What goes wrong with one request. */
export type Fault =
  /** The connection ends before the request is carried out. */
  | 'refused'
  /** The request is carried out, and the connection ends without an answer. */
  | 'lost'
  /** The request is carried out, and the answer is 500. */
  | '500-after'
  /** The answer is 503, 409 or 429, and nothing is done. */
  | 503
  | 409
  | 429
  /** The answer ends after the first bytes. */
  | 'truncated'
  /** No answer ever comes. */
  | 'silent';

export interface Received {
  readonly method: string;
  /** The name of the object, decoded; '' for the bucket. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** What the pages of an origin may do. Without such rules a browser keeps all answers from them. */
export interface CorsRules {
  readonly origin: string;
  readonly methods: readonly string[];
  /** In lower case; with `*` for the rest of a name. */
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
}

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly generation: string;
}

/** A bucket in the memory of this process, with the parts of S3 that the store uses. Signatures are not checked. */
export interface S3Server {
  /** The address of the bucket. */
  readonly url: string;
  readonly objects: Map<string, Stored>;
  readonly uploads: Map<string, { readonly name: string; readonly parts: Map<number, Stored> }>;
  /** All requests so far. */
  readonly received: Received[];
  /** Called for each request; what it returns goes wrong. */
  plan: (request: Received) => Fault | undefined | Promise<Fault | undefined>;
  /** Answers every request with this status and this code of S3, if set. */
  refusal: { readonly status: number; readonly code: string } | undefined;
  /** @default undefined, as in a new bucket. */
  cors: CorsRules | undefined;
  /** Replaces an object by a JSON text, as another program would. */
  replace(name: string, value: object): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Names in a page of a list. S3 has 1000. */
const PAGE = 100;

export async function startS3Server(kind: ServerKind = 'aws'): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const uploads: S3Server['uploads'] = new Map();
  let generation = 1;

  function store(bytes: Buffer): Stored {
    const etag = createHash('md5').update(bytes).digest('hex');
    return { bytes, etag, generation: String(generation++) };
  }

  function isMet(headers: IncomingMessage['headers'], found: Stored | undefined): boolean {
    if (kind === 'careless') return true;
    if (kind === 'gcs') {
      const wanted = headers['x-goog-if-generation-match'];
      return wanted === undefined || wanted === (found?.generation ?? '0');
    }
    if (headers['if-none-match'] === '*' && found !== undefined) return false;
    const wanted = headers['if-match'];
    return wanted === undefined || wanted === (kind === 'ceph' ? found?.etag : quote(found?.etag));
  }

  const describe = ({ etag, generation: number }: Stored): Record<string, string> => ({
    etag: quote(etag),
    ...(kind === 'gcs' && { 'x-goog-generation': number }),
  });

  function put({ name, query, headers }: Received, body: Buffer): Answer {
    const upload = query.get('uploadId');
    if (upload !== null) {
      const part = store(body);
      const parts = uploads.get(upload)?.parts;
      if (parts === undefined) return refuse(404, 'NoSuchUpload');
      parts.set(Number(query.get('partNumber')), part);
      return { status: 200, headers: describe(part) };
    }
    const found = objects.get(name);
    if (!isMet(headers, found)) return refuse(412, 'PreconditionFailed');
    const stored = store(body);
    objects.set(name, stored);
    return { status: 200, headers: describe(stored) };
  }

  function post({ name, query }: Received, body: Buffer): Answer {
    if (query.has('uploads')) {
      const id = randomUUID();
      uploads.set(id, { name, parts: new Map() });
      return { status: 200, body: `<Result><UploadId>${id}</UploadId></Result>` };
    }
    const id = query.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload === undefined) return refuse(404, 'NoSuchUpload');
    const wanted = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"?(\w+)"?<\/ETag>/g)];
    const parts = wanted.map(([, number, etag]) => {
      const part = upload.parts.get(Number(number));
      return part?.etag === etag ? part : undefined;
    });
    if (!parts.every((part) => part !== undefined)) return refuse(400, 'InvalidPart');
    uploads.delete(id);
    objects.set(name, store(Buffer.concat(parts.map(({ bytes }) => bytes))));
    return { status: 200, body: '<CompleteMultipartUploadResult/>' };
  }

  function remove({ name, query }: Received): Answer {
    const id = query.get('uploadId');
    if (id === null) objects.delete(name);
    else uploads.delete(id);
    return { status: 204 };
  }

  function list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    if (query.has('uploads')) {
      const found = [...uploads].filter(([, { name }]) => name.startsWith(prefix));
      const items = found.map(
        ([id, { name }]) => `<Upload><Key>${name}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      return { status: 200, body: `<Result>${items.join('')}</Result>` };
    }
    const delimiter = query.get('delimiter');
    const items = new Set<string>();
    for (const name of [...objects.keys()].sort()) {
      if (!name.startsWith(prefix)) continue;
      const end = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
      items.add(
        end === -1
          ? `<Contents><Key>${name}</Key></Contents>`
          : `<CommonPrefixes><Prefix>${name.slice(0, end + 1)}</Prefix></CommonPrefixes>`,
      );
    }
    const from = Number(query.get('continuation-token') ?? 0);
    const next =
      from + PAGE < items.size ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
    const page = [...items].slice(from, from + PAGE).join('');
    return { status: 200, body: `<Result><Prefix>${prefix}</Prefix>${page}${next}</Result>` };
  }

  function answer(request: Received, body: Buffer): Answer {
    const { method, name, query } = request;
    if (server.refusal !== undefined) return refuse(server.refusal.status, server.refusal.code);
    if (method === 'PUT') return put(request, body);
    if (method === 'POST') return post(request, body);
    if (method === 'DELETE') return remove(request);
    if (name === '') return list(query);
    const found = objects.get(name);
    if (found === undefined) return refuse(404, 'NoSuchKey');
    return { status: 200, headers: describe(found), body: found.bytes };
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const shared = describeCors(server.cors, incoming);
    if (incoming.method === 'OPTIONS')
      return void outgoing.writeHead(shared === undefined ? 403 : 200, shared).end();
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://localhost');
    const request = {
      method: incoming.method ?? '',
      name: decodeURIComponent(pathname).replace(/^\/bucket\/?/, ''),
      query: searchParams,
      headers: incoming.headers,
    };
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    server.received.push(request);
    const fault = await server.plan(request);
    if (fault === 'silent') return;
    if (fault === 'refused') return void outgoing.destroy();
    const given =
      typeof fault === 'number' ? refuse(fault, 'SlowDown') : answer(request, Buffer.concat(chunks));
    if (fault === 'lost') return void outgoing.destroy();
    const { status, headers, body = '' } = fault === '500-after' ? refuse(500, 'InternalError') : given;
    const bytes = Buffer.from(body as string);
    outgoing.writeHead(status, { ...headers, ...shared, 'content-length': bytes.length });
    if (request.method === 'HEAD') return void outgoing.end();
    if (fault !== 'truncated') return void outgoing.end(bytes);
    outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
  }

  const http = createServer(
    (incoming, outgoing) => void handle(incoming, outgoing).catch(() => outgoing.destroy()),
  );
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: S3Server = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/bucket`,
    objects,
    uploads,
    received: [],
    plan: () => undefined,
    refusal: undefined,
    cors: undefined,
    replace: (name, value) => void objects.set(name, store(Buffer.from(JSON.stringify(value)))),
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
}

/** The headers that tell a browser what a page may do; undefined for a request that the rules do not allow. */
function describeCors(
  rules: CorsRules | undefined,
  { headers, method }: IncomingMessage,
): Record<string, string> | undefined {
  const wanted = headers['access-control-request-method'] ?? method ?? '';
  if (rules === undefined || headers.origin !== rules.origin || !rules.methods.includes(wanted))
    return undefined;
  const isAllowed = (name: string): boolean =>
    rules.headers.some((rule) => (rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule));
  const names = (headers['access-control-request-headers'] ?? '').split(',').filter((name) => name !== '');
  if (!names.every((name) => isAllowed(name.trim()))) return undefined;
  return {
    'access-control-allow-origin': rules.origin,
    'access-control-allow-methods': rules.methods.join(),
    'access-control-allow-headers': names.join(),
    'access-control-expose-headers': rules.exposed.join(),
  };
}

function quote(etag: string | undefined): string {
  return `"${etag}"`;
}

function refuse(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>said the server</Message></Error>` };
}
