import {
  Add,
  Exp,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  RealDiv,
  Relu,
  Relu6,
  Rsqrt,
  Sigmoid,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Tanh,
} from '@tensorflow/tfjs-core';
import { loops } from '../elementwise/loops.js';
import { runs } from '../elementwise/runs.js';
import { binary } from './binary.js';
import { unary } from './unary.js';

/** The operations element by element that a training step is full of. */
export const elementwiseKernels = {
  add: binary(Add, runs.add),
  sub: binary(Sub, runs.subtract),
  multiply: binary(Multiply, runs.multiply),
  realDiv: binary(RealDiv, runs.divide),
  maximum: binary(Maximum, runs.maximum),
  minimum: binary(Minimum, runs.minimum),
  squaredDifference: binary(SquaredDifference, runs.squaredDifference),
  greater: binary(Greater, runs.greater, 'bool'),
  greaterEqual: binary(GreaterEqual, runs.greaterEqual, 'bool'),
  less: binary(Less, runs.less, 'bool'),
  lessEqual: binary(LessEqual, runs.lessEqual, 'bool'),
  relu: unary(Relu, loops.relu),
  relu6: unary(Relu6, loops.relu6),
  step: unary(Step, loops.step),
  square: unary(Square, loops.square),
  sqrt: unary(Sqrt, loops.sqrt),
  rsqrt: unary(Rsqrt, loops.rsqrt),
  neg: unary(Neg, loops.negate),
  exp: unary(Exp, loops.exponential),
  log: unary(Log, loops.logarithm),
  sigmoid: unary(Sigmoid, loops.sigmoid),
  tanh: unary(Tanh, loops.tanh),
};
