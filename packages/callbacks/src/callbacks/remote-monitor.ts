import { Callback } from './callback.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { checkOptions, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import { formatError } from '../checks/format-error.js';
import { formatValue } from '../checks/format-value.js';
import { isStateRecord, readState, type StateRule } from '../checks/read-state.js';
import { createRandomId } from './create-random-id.js';
import { createMask, maskUrl } from './mask-secrets.js';
import { type MonitorFetch, postEvent } from './post-event.js';
import { escapeLine } from '../contract/escape-text.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { StateRecord } from '../contract/state.js';
import { printWarning } from '../contract/print.js';

export interface RemoteMonitorOptions {
  /**
   * The server. Warnings show no user, password or query of it.
   *
   * @default 'http://localhost:9000'
   */
  readonly root?: string;
  /** The path on the server, appended to `root` unchanged. @default '/publish/epoch/end/' */
  readonly path?: string;
  /** The form field that holds the JSON. Not used with `sendAsJson`. @default 'data' */
  readonly field?: string;
  /** More HTTP headers, such as one for authorization. No other origin gets them. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Send the JSON itself, as `application/json`, instead of in a form. @default false */
  readonly sendAsJson?: boolean;
  /**
   * The timeout of one delivery with its redirects, in milliseconds; training waits for it. At most 2147483647.
   *
   * @default 10000
   */
  readonly timeout?: number;
  /**
   * Which redirects a delivery follows: those within the origin of `root`, or all. A browser does not tell to which place a
   * redirect leads, so there `'same-origin'` follows none, and `'follow'` none if there are `headers`.
   *
   * @default 'same-origin'
   */
  readonly redirects?: 'same-origin' | 'follow';
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

/** The longest time of a timer. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** A reason may quote what a server sent. */
const LONGEST_REASON = 300;

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/**
 * Sends each epoch's logs to a server: a POST of `{ run_id, epoch, ...logs }`, after each epoch.
 *
 * ```ts
 * new RemoteMonitor({ root: 'https://monitor.example', headers: { authorization: `Bearer ${token}` } })
 * ```
 *
 * An event counts as delivered when the server answers with a status of 200 to 299, or 303. A failed delivery does
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
    Required<Pick<RemoteMonitorOptions, 'field' | 'sendAsJson' | 'headers' | 'timeout' | 'redirects'>>
  >;
  readonly #fetch: MonitorFetch;
  readonly #mask: (text: string) => string;
  #runId = '';
  #undelivered: readonly Event[] = [];
  #hasWarned = false;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: RemoteMonitorOptions = {}) {
    super();
    checkHeaders(options);
    checkOptions('RemoteMonitor', options, {
      root: [isText, 'the URL of a server, such as "http://localhost:9000"'],
      path: [isText, 'a path, such as "/publish/epoch/end/"'],
      field: [(value) => isText(value) && value !== '', 'the name of a form field'],
      headers: [() => true, 'checked before'],
      sendAsJson: [isBoolean, 'true or false'],
      timeout: [
        (value) => isPositiveInteger(value) && value <= LONGEST_TIMEOUT,
        `a positive integer of milliseconds, at most ${LONGEST_TIMEOUT}`,
      ],
      redirects: [(value) => value === 'same-origin' || value === 'follow', '"same-origin" or "follow"'],
      fetch: [(value) => typeof value === 'function', 'a function such as fetch'],
    });
    const { root = 'http://localhost:9000', path = '/publish/epoch/end/' } = options;
    const { field = 'data', headers = {}, sendAsJson = false } = options;
    const { timeout = 10_000, redirects = 'same-origin' } = options;
    this.#url = root + path;
    this.#options = { field, headers, sendAsJson, timeout, redirects };
    this.#mask = createMask(this.#url, headers);
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
    const { field, sendAsJson, ...rest } = this.#options;
    const contentType = sendAsJson ? CONTENT_TYPES.json : CONTENT_TYPES.form;
    const body = sendAsJson ? json : `${encodeURIComponent(field)}=${encodeURIComponent(json)}`;
    try {
      return await postEvent(this.#fetch, { url: this.#url, contentType, body, ...rest });
    } catch (error) {
      return getReason(error);
    }
  }

  #warn(reason: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const shown = escapeLine(this.#mask(reason)).slice(0, LONGEST_REASON);
    printWarning(
      `RemoteMonitor could not deliver to ${escapeLine(maskUrl(this.#url))}: ${shown}. Training continues, and each epoch tries again`,
    );
  }
}

/** A failed fetch gives its reason only in its cause, or in the code of that. */
function getReason(error: unknown): string {
  try {
    const { cause } = error as { cause?: unknown };
    if (!(error instanceof Error && cause instanceof Error)) return formatError(error);
    const { code } = cause as { code?: unknown };
    return `${error.message} (${cause.message || String(code ?? cause.name)})`;
  } catch {
    // It is null or undefined, or its members throw.
    return formatError(error);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The error shows no value, because it may be a secret. */
function checkHeaders(options: RemoteMonitorOptions): void {
  const headers: unknown = (options as RemoteMonitorOptions | null)?.headers;
  if (headers === undefined) return;
  const isRecord = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
  const wrong = isRecord ? Object.entries(headers).find(([, value]) => !isText(value)) : undefined;
  if (isRecord && wrong === undefined) return;
  const problem =
    wrong === undefined
      ? 'it is no object'
      : `the value of ${formatValue(wrong[0])} is no string but a ${typeof wrong[1]}`;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `headers of RemoteMonitor must be an object of header names and their values, which are strings; ${problem}`,
  );
}
