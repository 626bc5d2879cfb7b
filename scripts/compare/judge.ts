/** The lines that one program has written for its batches, and for its end. */
export interface Records {
  readonly batches: readonly Batch[];
  readonly end: End;
}

export interface Batch {
  /** Checksums of the state before the batch. */
  readonly weights: string;
  readonly optimizer: string;
  /** The numbers of its samples. */
  readonly order: readonly number[];
  /** A checksum of the units that dropout has left. */
  readonly dropout: string;
  /** How many samples the running accuracy has counted after it. */
  readonly seen: number;
}

export interface End {
  readonly versions: Readonly<Record<string, string>>;
  readonly weights: string;
  readonly optimizer: string;
  /** The steps that the optimizer has counted. */
  readonly trained: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** The loss of each epoch that the library's history knows; null if it has no history. */
  readonly history: Readonly<Record<string, number>> | null;
  /** The lines of its CSV file, without heads; each begins with its epoch. */
  readonly file: readonly string[];
  /** The state of EarlyStopping. */
  readonly callback: Readonly<Record<string, number>>;
}

/** `exact`: as without the crash. `different`: there, but not the same. `lost`: from scratch. `none`: has no such thing. */
export interface Verdict {
  readonly verdict: 'exact' | 'different' | 'lost' | 'none';
  readonly detail: string;
}

/** The aspects of a training, in the order of the table, and how the table names them. */
export const aspects = {
  weights: 'weights',
  optimizer: 'optimizer',
  place: 'continues with',
  order: 'order of the samples',
  dropout: 'dropout',
  metrics: 'metrics of the running epoch',
  history: 'history of the epochs before',
  file: 'their lines in the CSV file',
  callback: 'state of `EarlyStopping`',
  result: 'weights in the end',
} as const;

export type Aspect = keyof typeof aspects;

/**
 * Compares a killed and resumed training with the same one in one piece.
 *
 * @param killedAfter the batches that the killed process has trained
 * @throws if both differ before the kill, so that a comparison would mean nothing
 */
export function judge(whole: Records, killed: Records, killedAfter: number): Record<Aspect, Verdict> {
  const total = whole.batches.length;
  const resumed = killed.batches.slice(killedAfter);
  const [first] = resumed;
  if (first === undefined) throw new Error('the second process has trained nothing');
  if (!isEqual(killed.batches.slice(0, killedAfter), whole.batches.slice(0, killedAfter)))
    throw new Error(
      'the killed training differs from the whole one before the kill: two runs of the same seed differ',
    );

  // The state that the second process began with, as a number of batches; 0 if it began from scratch.
  const restored = Math.max(
    0,
    whole.batches.findIndex(({ weights }) => weights === first.weights),
  );
  const optimizer = whole.batches.findIndex((batch) => batch.optimizer === first.optimizer);
  const repeated = killed.end.trained - whole.end.trained;
  const same = whole.batches.slice(-resumed.length);
  const epochs = Object.keys(whole.end.metrics);
  const perEpoch = total / epochs.length;
  const before = epochs.slice(0, Math.floor(killedAfter / perEpoch));
  const isRepeated = whole.batches.every(({ order }, at, all) => isEqual(order, all[at % perEpoch]?.order));
  const running = epochs[before.length] ?? '';

  return {
    weights: restored > 0 ? exact('those of the last backup') : lost('from scratch'),
    optimizer:
      optimizer > 0 && optimizer === restored ? exact('its state in that backup') : lost('from scratch'),
    place: judgePlace(restored, repeated),
    order: resumed.every(({ order }, at) => isEqual(order, same[at]?.order))
      ? exact(isRepeated ? 'with a seed, each epoch has the same' : 'as without the crash')
      : different(
          describeOrder(
            whole.batches.slice(0, perEpoch),
            killed.batches.slice(before.length * perEpoch, restored),
            resumed,
          ),
        ),
    dropout: resumed.every(({ dropout }, at) => dropout === same[at]?.dropout)
      ? exact('as without the crash')
      : different(
          first.dropout === whole.batches[0]?.dropout ? 'begins again with the first masks' : 'drawn again',
        ),
    metrics: judgeMetrics(first, same, whole.end.metrics[running], killed.end.metrics[running]),
    history: judgeHistory(before, whole.end.history, killed.end.history),
    file: judgeFile(before, epochs.length, whole.end.file, killed.end.file),
    callback: isEqual(killed.end.callback, whole.end.callback)
      ? exact('as without the crash')
      : lost('begins again'),
    result: killed.end.weights === whole.end.weights ? exact('bit for bit the same') : different('others'),
  };
}

function judgePlace(restored: number, repeated: number): Verdict {
  if (restored === 0) return lost('the first batch of all');
  if (repeated === 0) return exact('the next batch');
  return different(
    repeated > 0 ? `the start of the epoch: ${repeated} batches twice` : `${-repeated} batches later`,
  );
}

/**
 * Tells how many samples the running epoch never trains, if the second process ends it after as many batches as an
 * epoch has.
 */
function describeOrder(epoch: readonly Batch[], before: readonly Batch[], resumed: readonly Batch[]): string {
  const rest = resumed.slice(0, epoch.length - before.length);
  const trained = new Set([...before, ...rest].flatMap(({ order }) => order));
  const all = epoch.flatMap(({ order }) => order);
  const missed = all.filter((sample) => !trained.has(sample)).length;
  return missed === 0
    ? 'drawn again'
    : `drawn again: ${missed} of ${all.length} samples never come in that epoch`;
}

function judgeMetrics(
  first: Batch,
  same: readonly Batch[],
  expected: number | undefined,
  received: number | undefined,
): Verdict {
  if (first.seen !== same[0]?.seen || first.seen === first.order.length) return lost('counted from zero');
  return expected === received
    ? exact('as without the crash')
    : different('counting continues, over other samples');
}

function judgeHistory(before: readonly string[], whole: End['history'], killed: End['history']): Verdict {
  if (whole === null || killed === null) return { verdict: 'none', detail: 'has none' };
  return before.every((epoch) => killed[epoch] === whole[epoch])
    ? exact('all there')
    : lost('only later epochs');
}

function judgeFile(
  before: readonly string[],
  epochs: number,
  whole: readonly string[],
  killed: readonly string[],
): Verdict {
  const isKept = before.every((_, at) => killed[at] === whole[at]);
  if (!isKept) return lost('only later epochs');
  return killed.length === epochs
    ? exact('each once')
    : different(`${killed.length} lines for ${epochs} epochs`);
}

const exact = (detail: string): Verdict => ({ verdict: 'exact', detail });
const different = (detail: string): Verdict => ({ verdict: 'different', detail });
const lost = (detail: string): Verdict => ({ verdict: 'lost', detail });

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
