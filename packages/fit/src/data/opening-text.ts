/** Whose iterator was opened: of the training or of the validation data. Data that is both is `T`. */
export type Opener = 'T' | 'V';

const LONGEST_UNIT = 16;
/** More iterators than any training opens. The text of a damaged checkpoint must not take all memory. */
const MOST_OPENINGS = 2 ** 22;
const TEXT = /^(?:[TV]|\([TV]+\)[1-9]\d{0,7})*$/;

/** The order of openings as a short text: `(TV)1000T` for 1,000 times T, V and then T. */
export function encodeOpenings(openings: readonly Opener[]): string {
  let text = '';
  for (let at = 0; at < openings.length;) {
    const { unit, times } = findRepetition(openings, at);
    const part = openings.slice(at, at + unit).join('');
    text += times === 1 ? part : `(${part})${times}`;
    at += unit * times;
  }
  return text;
}

/** Reads such a text; undefined if it is none. */
export function decodeOpenings(text: string): Opener[] | undefined {
  if (!TEXT.test(text)) return undefined;
  const openings: Opener[] = [];
  for (const [, part = '', times = 1] of text.matchAll(/\(?([TV]+)\)?(\d+)?/g)) {
    if (openings.length + part.length * Number(times) > MOST_OPENINGS) return undefined;
    for (let time = 0; time < Number(times); time++) openings.push(...(part as Iterable<Opener>));
  }
  return openings;
}

/** The unit at a place whose repetitions reach furthest; the shortest of these. */
function findRepetition(openings: readonly Opener[], at: number): { unit: number; times: number } {
  let best = { unit: 1, times: 1 };
  for (let unit = 1; unit <= LONGEST_UNIT; unit++) {
    let end = at + unit;
    while (end < openings.length && openings[end] === openings[end - unit]) end += 1;
    const times = Math.floor((Math.min(end, openings.length) - at) / unit);
    if (times > 1 && times * unit > best.unit * best.times) best = { unit, times };
  }
  return best;
}
