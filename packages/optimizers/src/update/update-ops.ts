import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOp } from './program.js';

/**
 * The elementwise operations of an update. `Value` is a tensor if the update runs as plain ops, and opaque
 * while it is recorded. Numbers are rounded to float32. A scalar is a tensor of one element.
 */
export interface UpdateOps<Value> {
  add(a: Operand<Value>, b: Operand<Value>): Value;
  sub(a: Operand<Value>, b: Operand<Value>): Value;
  mul(a: Operand<Value>, b: Operand<Value>): Value;
  div(a: Operand<Value>, b: Operand<Value>): Value;
  max(a: Operand<Value>, b: Operand<Value>): Value;
  min(a: Operand<Value>, b: Operand<Value>): Value;
  sqrt(a: Operand<Value>): Value;
  abs(a: Operand<Value>): Value;
  sign(a: Operand<Value>): Value;
}

declare const opaque: unique symbol;

/** A value of an elementwise update: nothing but `UpdateOps` can compute with it. */
export interface ElementwiseValue {
  readonly [opaque]: true;
}

export type Operand<Value> = Value | number | tf.Scalar;

/** An op of each name on tensors. */
export const plainOps: UpdateOps<tf.Tensor> & Record<UpdateOp, unknown> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  max: tf.maximum,
  min: tf.minimum,
  sqrt: tf.sqrt,
  abs: tf.abs,
  sign: tf.sign,
};
