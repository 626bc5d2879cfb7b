import { ProtoMessage } from './proto-message.js';

/** A point that TensorBoard shows at one step of a curve: a scalar, or the buckets of a histogram. */
export interface Point {
  /** The name of the curve. */
  readonly tag: string;
  readonly step: number;
  readonly value: number | HistogramBuckets;
}

/** One bucket per row: left edge, right edge, number of values; row-major. */
export interface HistogramBuckets {
  readonly rows: Float64Array;
}

const DT_FLOAT = 1;
const DT_DOUBLE = 2;
const HISTOGRAM_COLUMNS = 3;

/**
 * Encodes the event of one point as TensorFlow 2 writes it: a tensor, and the name of the TensorBoard plugin
 * that shows it. `wallTime` is in seconds since 1970. Field numbers: tensorflow/core/util/event.proto,
 * tensorflow/core/framework/summary.proto, tensor.proto and tensor_shape.proto.
 */
export function encodePoint(point: Point, wallTime: number): Uint8Array {
  const isScalar = typeof point.value === 'number';
  const tensor =
    typeof point.value === 'number' ? createScalarTensor(point.value) : createHistogramTensor(point.value);
  const plugin = new ProtoMessage().text(1, isScalar ? 'scalars' : 'histograms');
  const value = new ProtoMessage()
    .text(1, point.tag)
    .message(8, tensor)
    .message(9, new ProtoMessage().message(1, plugin));
  const summary = new ProtoMessage().message(1, value);
  return new ProtoMessage().double(1, wallTime).integer(2, point.step).message(5, summary).encode();
}

/** A scalar in float32, as in TensorFlow. */
function createScalarTensor(value: number): ProtoMessage {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return createTensor(DT_FLOAT, [], content);
}

function createHistogramTensor({ rows }: HistogramBuckets): ProtoMessage {
  const content = new Uint8Array(rows.length * 8);
  const view = new DataView(content.buffer);
  rows.forEach((number, index) => view.setFloat64(index * 8, number, true));
  return createTensor(DT_DOUBLE, [rows.length / HISTOGRAM_COLUMNS, HISTOGRAM_COLUMNS], content);
}

function createTensor(type: number, shape: readonly number[], content: Uint8Array): ProtoMessage {
  const dimensions = new ProtoMessage();
  for (const size of shape) dimensions.message(2, new ProtoMessage().integer(1, size));
  return new ProtoMessage().integer(1, type).message(2, dimensions).bytes(4, content);
}

/** Encodes the event at the beginning of an event file. `wallTime` is in seconds since 1970. */
export function encodeVersion(wallTime: number): Uint8Array {
  return new ProtoMessage().double(1, wallTime).text(3, 'brain.Event:2').encode();
}
