/** The fields of tf.data's iterators that lead to other iterators. tf.data does not say it otherwise. */
const LINKS = ['upstream', 'iterator', 'iterators', 'moreIterators'];
const DEEPEST = 50;

/**
 * Whether an iterator of tf.data that was read once has opened iterators of a shuffle meanwhile, and may open
 * more. `repeat` does it: it opens an iterator of its dataset for each round, when the round begins.
 */
export function opensShuffleLater(iterator: unknown): boolean {
  return some(iterator, (node) => {
    // `concatenate` chains iterators too, but has opened all of them; `repeat` opens each by a function.
    if (!('moreIterators' in node) || !some(node['moreIterators'], (link) => 'nextFn' in link)) return false;
    const round = node['iterator'];
    return !isNode(round) || some(round, isShuffle);
  });
}

/** Whether an iterator of tf.data reads from a shuffle that was open when it was opened. */
export function hasShuffle(iterator: unknown): boolean {
  return some(iterator, isShuffle);
}

const isShuffle = (node: Node) => 'windowSize' in node;

type Node = Readonly<Record<string, unknown>>;

/** Whether a condition holds for an iterator or one that it reads from. */
function some(value: unknown, holds: (node: Node) => boolean, depth = 0): boolean {
  if (!isNode(value) || depth > DEEPEST) return false;
  if (holds(value)) return true;
  const isIterator = typeof value['next'] === 'function';
  // The parts that `concatenate` has yet to come to. Elsewhere `items` are the user's, and may be many.
  const chained = isNode(value['moreIterators']) ? value['moreIterators']['items'] : undefined;
  const linked = isIterator ? [...LINKS.map((link) => value[link]), chained] : Object.values(value);
  return linked.some((node) => some(node, holds, depth + 1));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
