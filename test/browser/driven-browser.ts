import { reportMissing } from '../setup/report-missing.js';

/** A real browser with a profile on disk. Tests drive it by its own protocol, and kill it. */
export interface DrivenBrowser {
  goto(url: string): Promise<void>;
  /** The value of an expression that begins with a member of `window`; a promise is awaited. Must be JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Collects garbage in the page's process. */
  collectGarbage(): Promise<void>;
  /** Ends all its processes at once, as SIGKILL does. */
  kill(): Promise<void>;
}

/** A browser other than Chromium, which Debian packages. */
export interface BrowserKind {
  readonly name: string;
  /** The program; undefined if it is not installed. */
  readonly path: string | undefined;
  /** Starts it with this folder as its profile. */
  start(profile: string): Promise<DrivenBrowser>;
}

/**
 * Whether tests can run in this browser. One line names a missing one, whose tests are left out.
 *
 * @throws if it is missing in CI on a machine with apt, which can install it
 */
export function isInstalled({ name, path }: BrowserKind): boolean {
  if (path !== undefined) return true;
  reportMissing(name, 'its tests');
  return false;
}

/** An expression for the page: a promise of the JSON of the value or the error of another expression. */
export function settle(expression: string): string {
  const value = '(value) => JSON.stringify({ value })';
  return `(async () => window.${expression})().then(${value}, (error) => JSON.stringify({ error: String(error) }))`;
}

/** The value that `settle` has put into this text, or its error. */
export function readSettled(text: string): unknown {
  const { value, error } = JSON.parse(text) as { value?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return value;
}
