import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { encodeOneHot, toFloat } from './tensors.js';

/**
 * Keras' logarithm of an impossible step, on the JAX backend: labels that do not fit into the steps cost about 1e5,
 * and have a finite gradient.
 */
const IMPOSSIBLE = -1e5;

/**
 * The logarithm of 0. It is finite because the difference of two infinities is NaN, and above -1e20, where tfjs begins
 * its search for a maximum on WebGL.
 */
const LOG_ZERO = -1e10;

/**
 * Keras' CTC (connectionist temporal classification), for sequences whose labels have no positions: -log of the
 * probability that the steps, without repeats and blanks, spell the labels.
 *
 * yTrue are class numbers [batch, labels], filled up with 0; class 0 is the blank. yPred are logits [batch, time,
 * classes], without a softmax. The loss is [batch]. A number that is no class gives NaN. Labels that cannot fit into
 * the steps give about 1e5, as Keras does on the JAX backend; two equal labels need a blank between them.
 *
 * Source: Graves et al., 2006; the recursion runs in log space, over the labels with blanks around them.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes of another rank, or different batches.
 */
export function ctc(options: LossOptions = {}): LossFunction {
  checkLossOptions('ctc', options, {});
  return withReduction('ctc', options, (yTrue, yPred) =>
    tf.tidy(() => {
      checkShapes(yTrue, yPred);
      return createPathLoss(tf.cast(yTrue, 'int32'))(toFloat(yPred));
    }),
  );
}

function checkShapes(yTrue: tf.Tensor, yPred: tf.Tensor): void {
  if (yTrue.rank === 2 && yPred.rank === 3 && yTrue.shape[0] === yPred.shape[0]) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `ctc needs class numbers of shape [batch, labels] and logits of shape [batch, time, classes], not [${yTrue.shape}] and [${yPred.shape}]`,
  );
}

/**
 * The loss with its own gradient: for each step and class, its probability minus the share of all fitting paths
 * that have it.
 */
function createPathLoss(labels: tf.Tensor): (logits: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x, save) => {
    const logits = x as tf.Tensor;
    const logarithms = tf.logSoftmax(logits);
    const lattice = layOut(labels, logarithms);
    const forward = walk(lattice.emissions, lattice.begin, lattice.jumps);
    const last = forward[forward.length - 1] as tf.Tensor;
    const value = tf.neg(tf.logSumExp(tf.add(last, lattice.end), -1));
    (save as tf.GradSaveFunc)([logarithms, labels, tf.stack(forward)]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        computeGradient(dy, ...(saved as [tf.Tensor, tf.Tensor, tf.Tensor])),
    };
  });
}

function computeGradient(
  dy: tf.Tensor,
  logarithms: tf.Tensor,
  labels: tf.Tensor,
  forward: tf.Tensor,
): tf.Tensor {
  const { emissions, end, jumps, classes } = layOut(labels, logarithms);
  // The same walk from the last step and state to the first.
  const flipped = tf.reverse(emissions, [0, 2]);
  const backward = tf.reverse(tf.stack(walk(flipped, tf.reverse(end, 1), flipJumps(jumps))), [0, 2]);
  // Both walks have the emission of their own step.
  const shares = tf.softmax(tf.sub(tf.add(forward, backward), emissions));
  const used = tf.matMul(tf.transpose(shares, [1, 0, 2]) as tf.Tensor3D, classes as tf.Tensor3D);
  return tf.mul(tf.sub(tf.exp(logarithms), used), tf.reshape(dy, [-1, 1, 1]));
}

/** The states of a path: blank, label, blank, …, label, blank; and what each costs. */
interface Lattice {
  /** Logarithm of the probability of each state at each step, [time, batch, states]. */
  readonly emissions: tf.Tensor;
  /** Cost of a state at the first step, [batch, states]. */
  readonly begin: tf.Tensor;
  /** 0 for the states in which a path may end, [batch, states]. */
  readonly end: tf.Tensor;
  /** Cost of the jump to each state over the one before it, [batch, states]. */
  readonly jumps: tf.Tensor;
  /** The class of each state, one-hot, [batch, states, classes]. */
  readonly classes: tf.Tensor;
}

function layOut(labels: tf.Tensor, logarithms: tf.Tensor): Lattice {
  const numbers = toFloat(labels);
  const classes = encodeOneHot(tf.cast(addBlanks(numbers, 0), 'int32'), logarithms.shape[2] ?? 0);
  // A floor, because 0 times -Infinity is NaN. A comparison, because a maximum may swallow a NaN.
  const floor = tf.fill(logarithms.shape, IMPOSSIBLE);
  const finite = tf.where(tf.less(logarithms, floor), floor, logarithms);
  const spelled = tf.matMul(finite as tf.Tensor3D, classes as tf.Tensor3D, false, true);
  // The divisor is 1, or 0 if the label is no class: a wrong label must not pass as certain.
  const emissions = tf.div(spelled, tf.expandDims(tf.sum(classes, -1), 1));
  const repeats = markRepeats(numbers);
  return {
    emissions: tf.transpose(emissions, [1, 0, 2]),
    begin: getBegin(repeats),
    end: getEnd(numbers),
    jumps: addBlanks(tf.mul(repeats, IMPOSSIBLE), LOG_ZERO),
    classes,
  };
}

/** Puts a value before, between and behind the labels: [batch, labels] becomes [batch, 2 · labels + 1]. */
function addBlanks(values: tf.Tensor, blank: number): tf.Tensor {
  const [batch = 0, count = 0] = values.shape;
  const pairs = tf.stack([tf.fill(values.shape, blank), values], 2);
  const row = tf.reshape(pairs, [batch, 2 * count]) as tf.Tensor2D;
  return tf.pad(
    row,
    [
      [0, 0],
      [0, 1],
    ],
    blank,
  );
}

/** 1 for a label that equals the one before it, else 0. */
function markRepeats(labels: tf.Tensor): tf.Tensor {
  const [batch = 0, count = 0] = labels.shape;
  const before = tf.pad(
    tf.slice(labels, 0, [batch, count - 1]) as tf.Tensor2D,
    [
      [0, 0],
      [1, 0],
    ],
    -1,
  );
  return toFloat(tf.equal(labels, before));
}

/**
 * The cost of each state at the first step: none for the first blank and the first label. The others are
 * impossible, in 2 or 3 ways as Keras counts them.
 */
function getBegin(repeats: tf.Tensor): tf.Tensor {
  const ofLabels = tf.add(tf.log(tf.sub(3, repeats)), IMPOSSIBLE);
  const costs = addBlanks(ofLabels, IMPOSSIBLE + Math.LN2);
  return tf.mul(costs, toFloat(tf.greater(getIndices(costs), 1)));
}

/** A path ends in the last label or in the blank behind it. */
function getEnd(labels: tf.Tensor): tf.Tensor {
  const ends = tf.mul(tf.sum(toFloat(tf.notEqual(labels, 0)), -1, true), 2);
  const behind = tf.sub(ends, getIndices(addBlanks(labels, 0)));
  const isEnd = tf.logicalOr(tf.equal(behind, 0), tf.equal(behind, 1));
  return tf.where(isEnd, tf.zerosLike(behind), tf.fill(behind.shape, LOG_ZERO));
}

const getIndices = (states: tf.Tensor): tf.Tensor => tf.expandDims(tf.range(0, states.shape[1] ?? 0), 0);

/** The jumps of the walk from the last state to the first. */
function flipJumps(jumps: tf.Tensor): tf.Tensor {
  const [batch = 0, states = 0] = jumps.shape;
  const kept = tf.slice(tf.reverse(jumps, 1), 0, [batch, states - 2]) as tf.Tensor2D;
  return tf.pad(
    kept,
    [
      [0, 0],
      [2, 0],
    ],
    LOG_ZERO,
  );
}

/**
 * For each step, the logarithm of the probability of all paths so far that are in each state. A path stays in its
 * state, goes to the next one, or jumps over it.
 */
function walk(emissions: tf.Tensor, begin: tf.Tensor, jumps: tf.Tensor): tf.Tensor[] {
  const [first, ...steps] = tf.unstack(emissions) as [tf.Tensor, ...tf.Tensor[]];
  const walked = [tf.add(first, begin)];
  for (const emission of steps) {
    const former = walked[walked.length - 1] as tf.Tensor2D;
    const padded = tf.pad(
      former,
      [
        [0, 0],
        [2, 0],
      ],
      LOG_ZERO,
    );
    const next = tf.slice(padded, [0, 1], former.shape);
    const over = tf.add(tf.slice(padded, [0, 0], former.shape), jumps);
    walked.push(tf.add(emission, addLogarithms([former, next, over])));
  }
  return walked;
}

/** log(sum(exp(terms))) of a few tensors of one shape. */
function addLogarithms(terms: readonly tf.Tensor[]): tf.Tensor {
  const largest = terms.reduce((a, b) => tf.maximum(a, b));
  const ratios = terms.map((term) => tf.exp(tf.sub(term, largest)));
  return tf.add(largest, tf.log(ratios.reduce((a, b) => tf.add(a, b))));
}
