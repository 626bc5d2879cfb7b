import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs';

/**
 * The content of event files, in the words of TensorFlow's public .proto files, as far as needed for scalars
 * and histograms.
 */
const DEFINITIONS = `
syntax = "proto3";
message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; }
}
message Summary {
  message Value { string tag = 1; float simple_value = 2; TensorProto tensor = 8; SummaryMetadata metadata = 9; }
  repeated Value value = 1;
}
message SummaryMetadata {
  message PluginData { string plugin_name = 1; bytes content = 2; }
  PluginData plugin_data = 1;
}
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
message TensorShapeProto {
  message Dim { int64 size = 1; }
  repeated Dim dim = 2;
}
`;
const Event = protobuf.parse(DEFINITIONS).root.lookupType('Event');

interface DecodedEvent {
  readonly wallTime?: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly DecodedValue[] };
}

interface DecodedValue {
  readonly tag: string;
  readonly metadata: { readonly pluginData: { readonly pluginName: string } };
  readonly tensor: {
    readonly dtype: number;
    readonly tensorShape: { readonly dim?: readonly { size: number }[] };
    readonly tensorContent: Uint8Array;
  };
}

export interface ReadPoint {
  readonly tag: string;
  readonly step: number;
  readonly wallTime: number;
  readonly plugin: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface ReadFile {
  /** Of every event that names a version. */
  readonly versions: readonly string[];
  readonly points: readonly ReadPoint[];
}

/** Reads an event file with third-party code, and throws if a length, a checksum or a message is wrong. */
export function readEvents(file: Uint8Array): ReadFile {
  const events = records(file).map(decoded);
  return {
    versions: events.flatMap(({ fileVersion }) => (fileVersion === undefined ? [] : [fileVersion])),
    points: events.flatMap((event) => (event.summary?.value ?? []).map((value) => pointOf(event, value))),
  };
}

function records(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    const end = at + 12 + length;
    check(view.getUint32(at + 8, true), file.subarray(at, at + 8), `the length at ${at}`);
    check(view.getUint32(end, true), file.subarray(at + 12, end), `the data at ${at + 12}`);
    found.push(file.subarray(at + 12, end));
    at = end + 4;
  }
  return found;
}

function check(masked: number, bytes: Uint8Array, what: string): void {
  const rotated = BigInt.asUintN(32, BigInt(masked) - 0xa282ead8n);
  const crc = BigInt.asIntN(32, (rotated << 15n) | (rotated >> 17n));
  if (crc !== BigInt(crc32c.buf(bytes))) throw new Error(`the checksum of ${what} is wrong`);
}

function decoded(record: Uint8Array): DecodedEvent {
  const message = Event.decode(record);
  // Nothing may be there that the definitions do not know.
  const again = Event.encode(message).finish();
  if (again.length !== record.length)
    throw new Error(`an event has ${record.length} bytes, and ${again.length} once read and written`);
  return Event.toObject(message, { longs: Number }) as DecodedEvent;
}

function pointOf(
  { step = 0, wallTime = 0 }: DecodedEvent,
  { tag, metadata, tensor }: DecodedValue,
): ReadPoint {
  const { buffer, byteOffset, byteLength } = tensor.tensorContent;
  const view = new DataView(buffer, byteOffset, byteLength);
  const [size, read] =
    tensor.dtype === 1
      ? [4, (at: number) => view.getFloat32(at, true)]
      : [8, (at: number) => view.getFloat64(at, true)];
  const values = Array.from({ length: byteLength / size }, (_, index) => read(index * size));
  const shape = (tensor.tensorShape.dim ?? []).map((dim) => dim.size);
  return { tag, step, wallTime, plugin: metadata.pluginData.pluginName, shape, values };
}
