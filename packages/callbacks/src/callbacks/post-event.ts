import { untilAborted } from '../storage/until-aborted.js';

/** The part of `fetch` that RemoteMonitor uses. */
export type MonitorFetch = (url: string, request: MonitorRequest) => Promise<MonitorResponse>;

export interface MonitorRequest {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** `manual`: answer with the redirect itself. `follow` is only asked for if `redirects` allows it. */
  readonly redirect: 'manual' | 'follow';
}

export interface MonitorResponse {
  readonly ok: boolean;
  readonly status: number;
  /** `opaqueredirect` in a browser: a redirect that does not tell where to. */
  readonly type?: string;
  /** Read for `location`. */
  readonly headers?: { get(name: string): string | null };
  /** Read up to a limit, and then cancelled. Without it, `text` is called. */
  readonly body?: unknown;
  text?(): Promise<string>;
}

export interface EventPost {
  readonly url: string;
  readonly contentType: string;
  /** The user's own headers: no other origin gets them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly redirects: 'same-origin' | 'follow';
  /** In milliseconds, redirects included. */
  readonly timeout: number;
}

const REDIRECTS = new Set([301, 302, 307, 308]);
/** As in fetch, at most this many. */
const MOST_REDIRECTS = 20;
/** An answer is only read so that its connection can be reused. In bytes. */
const MOST_READ = 64 * 1024;

/**
 * Posts an event, again for each redirect. Resolves to the reason of a failed delivery, or to undefined. A status
 * of 200 to 299 is a success, and so is 303: it says that the result of the post can be seen elsewhere.
 */
export async function postEvent(fetch: MonitorFetch, post: EventPost): Promise<string | undefined> {
  const signal = AbortSignal.timeout(post.timeout);
  let { url } = post;
  let headers = withContentType(post);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const request = { method: 'POST', headers, body: post.body, signal } as const;
    // Not every fetch obeys its signal.
    let response = await untilAborted(fetch(url, { ...request, redirect: 'manual' }), signal);
    await discard(signal, response);
    if (response.type === 'opaqueredirect') {
      if (post.redirects !== 'follow' || Object.keys(post.headers).length > 0)
        return 'it answered with a redirect, and a browser does not tell where to; set root and path to the final address';
      response = await untilAborted(fetch(url, { ...request, redirect: 'follow' }), signal);
      await discard(signal, response);
    }
    const { ok, status } = response;
    const location = REDIRECTS.has(status) ? response.headers?.get('location') : undefined;
    if (location === undefined || location === null)
      return ok || status === 303 ? undefined : `it answered with status ${Number(status)}`;
    const next = parse(location, url);
    if (next === undefined) return `it answered with status ${status}, a redirect to no address of the web`;
    if (next.origin !== parse(url)?.origin) {
      if (post.redirects !== 'follow')
        return `it redirects to another origin, ${next.origin}, which gets nothing; set root to that, or redirects to "follow", if you trust it`;
      headers = withContentType({ ...post, headers: {} });
    }
    url = next.href;
  }
  return `it redirects more than ${MOST_REDIRECTS} times`;
}

function withContentType({
  contentType,
  headers,
}: Pick<EventPost, 'contentType' | 'headers'>): Readonly<Record<string, string>> {
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return hasType ? headers : { 'content-type': contentType, ...headers };
}

function parse(url: string, base?: string): URL | undefined {
  try {
    const parsed = new URL(url, base);
    return /^https?:$/.test(parsed.protocol) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an answer up to a limit. That this fails changes nothing: its status has already told. */
async function discard(signal: AbortSignal, response: MonitorResponse): Promise<void> {
  const { body } = response;
  const { getReader } = (body ?? {}) as Partial<ReadableStream<Uint8Array>>;
  const reader =
    typeof getReader === 'function' ? (body as ReadableStream<Uint8Array>).getReader() : undefined;
  const reading = reader !== undefined ? readSome(reader) : body === null ? undefined : response.text?.();
  await untilAborted(Promise.resolve(reading), signal).catch(() => undefined);
  reader?.cancel().catch(() => undefined);
}

async function readSome(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let length = 0; length < MOST_READ;) {
    const { done, value } = await reader.read();
    if (done) return;
    length += value.byteLength;
  }
}
