import type { CheckpointStore } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { isDeepStrictEqual } from 'node:util';
import { mapStore } from '../../../callbacks/test/map-store.js';
import { continueOnce } from '../../../fit/test/helpers/continue-once.js';
import { callsFrom, comparable, type HookCall } from '../../../fit/test/helpers/record-hooks.js';
import { type EquivalenceCase, simplestCase } from './equivalence-case.js';
import { type Attempt, type AttemptSetting, EPOCHS, trainAttempt } from './train-attempt.js';

/** The result of a case. */
interface Verdict {
  /** Each way in which a resumed fit differs from the uninterrupted one. An empty list is the proof. */
  readonly differences: readonly string[];
  /** How many of the crashes happened. */
  readonly crashes: number;
}

interface Place {
  readonly epoch: number;
  readonly batch: number;
  readonly begun: boolean;
}

/**
 * Runs a case without backups to its end, then with its crashes, and compares byte for byte. Each fit after
 * the first gets a fresh optimizer and a fresh model with other initial weights.
 */
export async function proveEquivalence(
  theCase: EquivalenceCase,
  spoil?: AttemptSetting['spoil'],
): Promise<Verdict> {
  const whole = await uninterrupted(theCase);
  const differences: string[] =
    whole.error === undefined ? [] : [`the uninterrupted run: ${String(whole.error)}`];
  let files = new Map<string, Uint8Array>();
  let crashes = 0;
  for (const [number, crash] of [...theCase.crashes, undefined].entries()) {
    const place = furthest(files);
    let left: Map<string, Uint8Array> | undefined;
    const onCrash = () => {
      crashes += 1;
      if (crash?.how === 'kill') left = new Map(files);
    };
    // A run killed before its first backup starts over, so it needs the initial weights of the first run.
    const init = place === undefined ? 1 : 100 + number;
    const store: CheckpointStore = mapStore(files);
    const spoiling = place === undefined || spoil === undefined ? {} : { spoil };
    const { attempt, keys } =
      crash === undefined && place !== undefined && spoil === undefined
        ? await continueToEnd(theCase, store)
        : await train(theCase, { init, store, crash, onCrash, ...spoiling });
    differences.push(
      ...compare(attempt, whole, place).map((difference) => `fit ${number + 1}: ${difference}`),
    );
    if (attempt.ended !== undefined || attempt.error !== undefined) {
      if (attempt.ended !== undefined && keys.length > 0)
        differences.push(`fit ${number + 1}: it left a checkpoint`);
      break;
    }
    files = left ?? files;
  }
  return { differences, crashes };
}

/** Uninterrupted runs; cases that differ only in backups and workers share one because these change nothing in it. */
const known = new Map<string, Promise<Attempt>>();
const MOST_KNOWN = 200;

function uninterrupted(theCase: EquivalenceCase): Promise<Attempt> {
  const { crashes, saveFreq, doubleCheckpoint, backupAt, workers } = simplestCase;
  const same = { ...theCase, crashes, saveFreq, doubleCheckpoint, backupAt, workers };
  const key = JSON.stringify(same);
  const found = known.get(key) ?? trainAttempt(same, { init: 1 });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

/** A fit, and the keys of the checkpoints that it leaves. */
interface Fit {
  readonly attempt: Attempt;
  readonly keys: readonly string[];
}

async function train(
  theCase: EquivalenceCase,
  setting: AttemptSetting & { readonly store: CheckpointStore },
): Promise<Fit> {
  const attempt = await trainAttempt(theCase, setting);
  return { attempt, keys: await setting.store.keys() };
}

/** How cases are continued, by all of them but their crashes. */
const continuing = new Map<string, (store: CheckpointStore) => Promise<Fit>>();

/** The last fit of a case. Crashes that leave the same training share it. */
function continueToEnd(theCase: EquivalenceCase, store: CheckpointStore): Promise<Fit> {
  const key = JSON.stringify({ ...theCase, crashes: [] });
  const found = continuing.get(key) ?? continueOnce((left) => train(theCase, { init: 100, store: left }));
  if (continuing.size >= MOST_KNOWN) continuing.clear();
  continuing.set(key, found);
  return found(store);
}

/** The progress saved in the checkpoint that would be continued. */
function furthest(files: ReadonlyMap<string, Uint8Array>): Place | undefined {
  const newest = [...files.values()]
    .map((bytes) => decodeCheckpoint(bytes))
    .sort((a, b) => b.header.generation - a.header.generation)[0];
  return newest?.training.state['progress'] as unknown as Place | undefined;
}

function compare(attempt: Attempt, whole: Attempt, place: Place | undefined): string[] {
  if (attempt.error !== undefined) return [`an error that was not planned: ${String(attempt.error)}`];
  const differences: string[] = [];
  const expected = comparable(place === undefined ? whole.calls : callsFrom(whole.calls, place));
  const calls = comparable(attempt.calls);
  const different = calls.findIndex((call, index) => !isDeepStrictEqual(call, expected[index]));
  if (different >= 0)
    differences.push(
      `hooks: call ${different} is ${formatCall(calls[different])} and not ${formatCall(expected[different])}`,
    );
  for (const [at, digest] of attempt.digests)
    if (digest !== whole.digests.get(at)) differences.push(`state after ${at}`);
  if (attempt.ended === undefined || whole.ended === undefined) return differences;
  if (calls.length !== expected.length)
    differences.push(`hooks: ${calls.length} calls and not ${expected.length}`);
  const epochs = Array.from({ length: EPOCHS }, (_, epoch) => epoch).slice(place?.epoch ?? 0);
  const { proof, returned, history } = attempt.ended;
  if (!isDeepStrictEqual(returned, epochs))
    differences.push(`the epochs returned: ${returned.join()} and not ${epochs.join()}`);
  if (!isDeepStrictEqual(history, whole.ended.history)) differences.push('history');
  return [
    ...differences,
    ...unequal(proof.tensors, whole.ended.proof.tensors),
    ...unequal(proof.state, whole.ended.proof.state),
  ];
}

function unequal(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => !isDeepStrictEqual(a[key], b[key]));
}

function formatCall(call: HookCall | undefined): string {
  return call === undefined ? 'none' : call.join(' ');
}
