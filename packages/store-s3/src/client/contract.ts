/** Signs a request and sends it, as the `fetch` of aws4fetch's `AwsClient` does. */
export type SignedFetch = (url: string, init: RequestInit) => Promise<Response>;

export interface S3Request {
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Statuses outside 200 to 299 that the caller handles. @default none */
  readonly allowed?: readonly number[];
  /** The length that the body of the answer must have, in bytes. @default any */
  readonly byteLength?: number;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface S3Client {
  /**
   * Sends a request for an object, or for the bucket if the name is ''. Repeats it after a server's error, a
   * time-out, or an answer that was lost or truncated. So a request may be carried out more than once.
   *
   * @throws KEEPFIT_STORE_FAILED when it is refused, or has no whole answer after 6 tries.
   * @throws KEEPFIT_STORE_FULL when a quota is used up.
   */
  send(name: string, request?: S3Request): Promise<S3Answer>;
}
