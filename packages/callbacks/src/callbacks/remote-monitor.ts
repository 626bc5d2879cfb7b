import { Callback } from './callback.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { checkOptions, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import { isStateRecord, readState, type StateRule } from '../checks/read-state.js';
import { createRandomId } from './create-random-id.js';
import type { StateRecord } from '../contract/state.js';

/** The part of `fetch` that RemoteMonitor uses. */
export type MonitorFetch = (url: string, request: MonitorRequest) => Promise<MonitorResponse>;

export interface MonitorRequest {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface MonitorResponse {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

export interface RemoteMonitorOptions {
  /** The server. @default 'http://localhost:9000' */
  readonly root?: string;
  /** The path on the server, appended to `root` unchanged. @default '/publish/epoch/end/' */
  readonly path?: string;
  /** The form field that holds the JSON. Not used with `sendAsJson`. @default 'data' */
  readonly field?: string;
  /** More HTTP headers, such as one for authorization. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Send the JSON itself, as `application/json`, instead of in a form. @default false */
  readonly sendAsJson?: boolean;
  /** The timeout of one delivery, in milliseconds; training waits for it. @default 10000 */
  readonly timeout?: number;
  /** The function that sends requests. @default globalThis.fetch */
  readonly fetch?: MonitorFetch;
}

interface Event extends StateRecord {
  readonly run_id: string;
  readonly epoch: number;
}

const RUN_ID: StateRule<string> = [isText, 'a string'];
const EVENTS: StateRule<readonly Event[]> = [
  (value): value is readonly Event[] => Array.isArray(value) && value.every(isStateRecord),
  'a list of events',
];

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/**
 * Sends each epoch's logs to a server: a POST of `{ run_id, epoch, ...logs }`, after each epoch.
 *
 * ```ts
 * new RemoteMonitor({ root: 'https://monitor.example', headers: { authorization: `Bearer ${token}` } })
 * ```
 *
 * An event counts as delivered when the server answers with a status of 200 to 299. A failed delivery does
 * not end training, and is warned about once per training. The event is sent again after the next epoch and
 * at the end, before newer ones. NaN and infinite values, which JSON lacks, are sent as null.
 *
 * Remembers, also across a crash, the id of the run and the undelivered events. An event is delivered at
 * least once: a resumed run sends the events of repeated epochs again, with the same `run_id` and `epoch`, so
 * that the server can recognize them.
 *
 * Named after Keras' callback, which sends no `run_id`, tries once, and accepts any answer.
 */
export class RemoteMonitor extends Callback {
  override readonly name = 'RemoteMonitor';

  readonly #url: string;
  readonly #options: Readonly<
    Required<Pick<RemoteMonitorOptions, 'field' | 'sendAsJson' | 'headers' | 'timeout'>>
  >;
  readonly #fetch: MonitorFetch;
  #runId = '';
  #undelivered: readonly Event[] = [];
  #hasWarned = false;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: RemoteMonitorOptions = {}) {
    super();
    checkOptions('RemoteMonitor', options, {
      root: [isText, 'the URL of a server, such as "http://localhost:9000"'],
      path: [isText, 'a path, such as "/publish/epoch/end/"'],
      field: [(value) => isText(value) && value !== '', 'the name of a form field'],
      headers: [isHeaders, 'an object of header names and their values'],
      sendAsJson: [isBoolean, 'true or false'],
      timeout: [isPositiveInteger, 'a positive integer of milliseconds'],
      fetch: [(value) => typeof value === 'function', 'a function such as fetch'],
    });
    const { root = 'http://localhost:9000', path = '/publish/epoch/end/' } = options;
    const { field = 'data', headers = {}, sendAsJson = false, timeout = 10_000 } = options;
    this.#url = root + path;
    this.#options = { field, headers, sendAsJson, timeout };
    this.#fetch = options.fetch ?? ((url, request) => fetch(url, request));
  }

  override getState(): StateRecord {
    return { runId: this.#runId, undelivered: this.#undelivered };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const { runId, undelivered } = readState(this.name, state, { runId: RUN_ID, undelivered: EVENTS });
    this.#runId = runId;
    this.#undelivered = undelivered;
  }

  override onTrainBegin(): void {
    this.#runId = createRandomId();
    this.#undelivered = [];
    this.#hasWarned = false;
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    this.#undelivered = [...this.#undelivered, { run_id: this.#runId, epoch, ...logs }];
    await this.#deliver();
  }

  override async onTrainEnd(): Promise<void> {
    await this.#deliver();
  }

  /** Delivers in order, up to the first failure. */
  async #deliver(): Promise<void> {
    let [event] = this.#undelivered;
    while (event !== undefined) {
      const failure = await this.#post(JSON.stringify(event));
      if (failure !== undefined) {
        this.#warn(failure);
        return;
      }
      this.#undelivered = this.#undelivered.slice(1);
      [event] = this.#undelivered;
    }
  }

  /** The reason of a failed delivery; undefined if it succeeded. */
  async #post(json: string): Promise<string | undefined> {
    const { field, headers, sendAsJson, timeout } = this.#options;
    const type = sendAsJson ? CONTENT_TYPES.json : CONTENT_TYPES.form;
    const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
    try {
      const response = await this.#fetch(this.#url, {
        method: 'POST',
        headers: hasType ? headers : { 'content-type': type, ...headers },
        body: sendAsJson ? json : `${encodeURIComponent(field)}=${encodeURIComponent(json)}`,
        signal: AbortSignal.timeout(timeout),
      });
      // Read to the end, so that the connection can be reused.
      await response.text();
      return response.ok ? undefined : `it answered with status ${response.status}`;
    } catch (error) {
      return getReason(error);
    }
  }

  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    console.warn(
      `RemoteMonitor could not deliver to ${this.#url}: ${reason}. Training continues, and each epoch tries again`,
    );
  }
}

/** A failed fetch gives its reason only in its cause. */
function getReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isHeaders(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText)
  );
}
