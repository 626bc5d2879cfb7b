const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_BYTES = 2;

/**
 * Writes one protocol buffer message, field by field, in the order of the calls.
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */
export class ProtoMessage {
  readonly #parts: Uint8Array[] = [];

  double(field: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.#add(field, WIRE_64_BITS, bytes);
  }

  /** An integer of at least 0 that a number holds exactly. 0 is not written: a missing field means 0. */
  integer(field: number, value: number): this {
    return value === 0 ? this : this.#add(field, WIRE_VARINT, encodeVarint(value));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtoMessage): this {
    return this.bytes(field, value.encode());
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#add(field, WIRE_BYTES, encodeVarint(value.length), value);
  }

  encode(): Uint8Array {
    return concatBytes(this.#parts);
  }

  #add(field: number, wireType: number, ...parts: readonly Uint8Array[]): this {
    this.#parts.push(encodeVarint(field * 8 + wireType), ...parts);
    return this;
  }
}

/**
 * Encodes seven bits per byte, the lowest first. Divides instead of shifting because shifts end at 32 bits.
 */
function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

/** Joins arrays of bytes in order. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
