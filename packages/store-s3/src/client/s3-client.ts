import { timers } from '@keepfit/callbacks/internal';
import { isKeepfitError } from '@keepfit/callbacks/store';
import { createNoAnswerError, createRefusalError, isNoBucket } from './answer-errors.js';
import type { S3Answer, S3Client, S3Request, SignedFetch } from './contract.js';

const TRIES = 6;
/** The longest pause before the second try, in ms. It doubles with each try: 6 s in total. */
const PAUSE = 200;
/** In ms: how long a small request may take. */
const TIMEOUT = 10_000;
/** Bytes per ms: the slowest connection that may still finish. */
const SLOWEST = 50;

/** @param url The address of the bucket, without a slash at its end. */
export function createS3Client(url: string, fetch: SignedFetch): S3Client {
  async function sendOnce(name: string, request: S3Request): Promise<S3Answer> {
    const { method = 'GET', query, headers, body, byteLength } = request;
    const ending = new AbortController();
    const ms = TIMEOUT + Math.max(body?.length ?? 0, byteLength ?? 0) / SLOWEST;
    let timer: ReturnType<typeof timers.setTimeout> | undefined;
    // Not every function that signs passes the signal on.
    const late = new Promise<never>((_, reject) => {
      timer = timers.setTimeout(() => {
        const error = new Error(`no answer within ${Math.round(ms / 1000)} s`);
        ending.abort(error);
        reject(error);
      }, ms);
    });
    const answer = async (): Promise<S3Answer> => {
      const address = `${url}/${name}${query === undefined ? '' : `?${query}`}`;
      const response = await fetch(address, {
        method,
        cache: 'no-store',
        signal: ending.signal,
        ...(headers !== undefined && { headers }),
        ...(body !== undefined && { body }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.ok && byteLength !== undefined && bytes.length !== byteLength)
        throw new Error(`the answer has ${bytes.length} bytes instead of ${byteLength}`);
      return { status: response.status, headers: response.headers, bytes };
    };
    try {
      return await Promise.race([answer(), late]);
    } finally {
      timers.clearTimeout(timer);
    }
  }

  return {
    async send(name, request = {}) {
      const { method = 'GET', allowed = [] } = request;
      const what = `${method} ${name || 'the list of objects'} in ${url}`;
      for (let attempt = 1; ; attempt++) {
        let cause: unknown;
        try {
          const answer = await sendOnce(name, request);
          const isFine = answer.status >= 200 && answer.status < 300;
          if (isFine || (allowed.includes(answer.status) && !isNoBucket(answer))) return answer;
          cause = createRefusalError(what, answer);
          if (!isTemporary(answer.status)) throw cause;
        } catch (error) {
          if (isKeepfitError(error)) throw error;
          cause = error;
        }
        if (attempt === TRIES) throw isKeepfitError(cause) ? cause : createNoAnswerError(what, TRIES, cause);
        await pause(attempt);
      }
    },
  };
}

/** 409: AWS asks to repeat a conditional write that met another one. */
function isTemporary(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || (status >= 500 && status !== 501 && status !== 507);
}

/** Random, so that clients which met do not meet again. Math.random may be that of a training. */
function pause(attempt: number): Promise<void> {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const ms = PAUSE * 2 ** (attempt - 1) * (0.5 + random / 2 ** 33);
  return new Promise((resolve) => void timers.setTimeout(resolve, ms));
}
