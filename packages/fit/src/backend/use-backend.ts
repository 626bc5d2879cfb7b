import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { escapeLine, formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../contract/backend.js';
import { addChainedOps } from './chained-ops.js';
import { registerGradients } from './register-gradients.js';
import { getStarted, setStarted } from './started-backend.js';
import { watchCompile } from './watch-compile.js';

// On tfjs' own engine, so that ESM and CJS copies of this package take turns.
const LAST = Symbol.for('keepfit.lastUse');

interface Engine {
  /** The last call of `useBackend`, which may still run. */
  [LAST]?: Promise<unknown>;
}

/** Why the candidates did not start. */
interface Failures {
  readonly reasons: readonly string[];
  readonly causes: readonly unknown[];
}

/**
 * Starts a backend for training: the one given, or the first of a list that starts on this machine. Resolves
 * to the one that started. If it is not the first, a line in the console says why the others did not start.
 * The backend that ran before is stopped first, which restores tfjs' own kernels. Calls at the same time take
 * turns, and the last one counts.
 *
 * ```ts
 * const backend = await useBackend([wasmBackend(), cpuBackend()]);
 * ```
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE when none starts; it says why for each. The backend that ran before
 * then continues, also if it is one of tfjs' own.
 * @throws KEEPFIT_INVALID_OPTION when something else than a backend is given, such as a name.
 */
export async function useBackend(backends: Backend | readonly Backend[]): Promise<Backend> {
  const candidates = toList(backends);
  watchCompile();
  return inTurn(() => change(candidates));
}

/** Two that started side by side would each take the other's kernels for tfjs' own. */
async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  const engine = tf.engine() as Engine;
  const result = Promise.allSettled([engine[LAST]]).then(run);
  engine[LAST] = result;
  return result;
}

async function change(candidates: readonly Backend[]): Promise<Backend> {
  const former = getStarted();
  const formerName = findRunningName();
  former?.stop();
  setStarted(undefined);
  let result: Backend | Failures;
  try {
    result = await startFirst(candidates);
  } catch (error) {
    await goBack(former, formerName);
    throw error;
  }
  if ('start' in result) return result;
  await goBack(former, formerName);
  throw createError(candidates, result, formerName);
}

function toList(backends: Backend | readonly Backend[]): readonly Backend[] {
  const list: readonly Backend[] = Array.isArray(backends) ? backends : [backends];
  for (const backend of list) {
    const { name, start, stop } = (backend ?? {}) as Partial<Backend>;
    if (typeof start !== 'function') {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `useBackend takes a backend such as cpuBackend(), or a list of them, not ${formatValue(backends)}`,
      );
    }
    if (typeof name === 'string' && typeof stop === 'function') continue;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the backend ${formatValue(name)} given to useBackend has ${typeof stop === 'function' ? 'no name' : 'no function stop'}; ` +
        'a Backend has name, kernels, start and stop',
    );
  }
  return list;
}

async function startFirst(candidates: readonly Backend[]): Promise<Backend | Failures> {
  const reasons: string[] = [];
  const causes: unknown[] = [];
  for (const candidate of candidates) {
    try {
      const started: unknown = await candidate.start();
      if (started === false) {
        reasons.push(`${candidate.name} is not available on this machine`);
        continue;
      }
      checkStarted(candidate, started);
      await tf.ready();
      await registerGradients();
      addChainedOps();
      setStarted(candidate);
      if (reasons.length > 0)
        console.info(escapeLine(`Training on "${candidate.name}" because ${reasons.join('; ')}.`));
      return candidate;
    } catch (error) {
      candidate.stop();
      if (isKeepfitError(error) && error.code !== 'KEEPFIT_BACKEND_UNAVAILABLE') throw error;
      reasons.push(`${candidate.name}: ${formatReason(error)}`);
      causes.push(error);
    }
  }
  return { reasons, causes };
}

/** A backend of somebody else may forget to return a result, or leave tfjs without a backend. */
function checkStarted({ kernels }: Backend, started: unknown): void {
  if (started !== true) {
    throw createUnavailable(
      `its start() gave ${formatValue(started)}; it must resolve to true if the backend runs now, and to false if this machine cannot run it`,
    );
  }
  if (findRunningName() === undefined) {
    throw createUnavailable(
      `its start() resolved to true, but tfjs has no running backend ${formatValue(tf.getBackend())}; start() must await tf.setBackend(…) and return what it resolves to`,
    );
  }
  if (typeof (kernels as unknown) === 'string' && kernels !== '') return;
  throw createUnavailable(
    `its kernels are ${formatValue(kernels)} after start(); they must be a text that names them and their version`,
  );
}

/** After a start that failed: the backend that ran before runs on. */
async function goBack(former: Backend | undefined, formerName: string | undefined): Promise<void> {
  try {
    if (former !== undefined && (await former.start())) setStarted(former);
    else if (formerName !== undefined && tf.getBackend() !== formerName) await tf.setBackend(formerName);
  } catch {
    // The error that says why no other backend started matters more. It says on what tfjs is now.
  }
}

/**
 * The tfjs backend that computes now; undefined if none does. `tf.getBackend` also gives the name of one that
 * failed to start.
 */
function findRunningName(): string | undefined {
  const name = tf.getBackend() as string | undefined;
  return name !== undefined && tf.engine().registry[name] != null ? name : undefined;
}

function createError(
  candidates: readonly Backend[],
  { reasons, causes }: Failures,
  formerName: string | undefined,
): KeepfitError {
  const name = findRunningName();
  const current =
    name === undefined
      ? 'tfjs has no backend'
      : `tfjs ${name === formerName ? 'stays' : 'is now'} on "${name}"`;
  const hint = candidates.some((candidate) => candidate.name.includes('cpu'))
    ? ''
    : '. cpuBackend() as the last of the list starts on every machine';
  return new KeepfitError(
    'KEEPFIT_BACKEND_UNAVAILABLE',
    `no backend started (${reasons.join('; ') || 'the list is empty'}); ${current}${hint}`,
    { cause: causes[0] },
  );
}

function createUnavailable(reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', reason);
}

/** The reason without its code: several codes in one message only confuse. */
function formatReason(error: unknown): string {
  if (!(error instanceof Error)) return `its start() failed with ${formatValue(error)}, which is no Error`;
  return error.message.replace(/^KEEPFIT_\w+: /, '');
}
