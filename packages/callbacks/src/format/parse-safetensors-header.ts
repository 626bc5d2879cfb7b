import type { DType } from '../contract/state.js';
import type { CheckpointLimits } from './checkpoint-limits.js';
import { byteLengthOf, dtypeOf, ITEM_TYPES } from './item-type.js';
import { JsonReader } from './json-reader.js';
import { formatValue } from '../checks/format-value.js';

/** What a header says of one tensor. Offsets count from the end of the header. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly infos: TensorInfo[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the JSON header of a safetensors file. Each tensor's offsets agree with its type and shape;
 * that they cover the file is not known here.
 */
export function parseSafetensorsHeader(text: string, limits: Required<CheckpointLimits>): SafetensorsHeader {
  const reader = new JsonReader(text, 'header');
  const infos: TensorInfo[] = [];
  const metadata = new Map<string, string>();
  reader.object((name) => {
    if (name === '__metadata__') {
      reader.object((key) => {
        if (metadata.size >= limits.maxTensors)
          reader.fail(`there are more metadata than the limit of ${limits.maxTensors}`);
        metadata.set(wellFormed(reader, key), wellFormed(reader, reader.string()));
      });
      return;
    }
    if (infos.length >= limits.maxTensors)
      reader.fail(`there are more tensors than the limit of ${limits.maxTensors}`);
    infos.push(tensorInfo(reader, wellFormed(reader, name), limits.maxRank));
  });
  reader.end();
  return { infos, metadata };
}

function tensorInfo(reader: JsonReader, name: string, maxRank: number): TensorInfo {
  let dtype: DType | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  reader.object((field) => {
    if (field === 'dtype') dtype = itemType(reader, name);
    else if (field === 'shape') shape = counts(reader, maxRank, `the limit of ${maxRank} dimensions`);
    else if (field === 'data_offsets') offsets = counts(reader, 2, 'two offsets');
    else reader.fail(`tensor ${formatValue(name)} has an unknown field ${formatValue(field)}`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    return reader.fail(`tensor ${formatValue(name)} needs each of dtype, shape and data_offsets`);
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined)
    return reader.fail(`tensor ${formatValue(name)} needs two offsets`);
  const byteLength = byteLengthOf(dtype, shape);
  if (end - begin !== byteLength) {
    reader.fail(
      `tensor ${formatValue(name)} of type ${ITEM_TYPES[dtype].code} and shape [${shape.join(', ')}] has offsets [${begin}, ${end}]`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function itemType(reader: JsonReader, name: string): DType {
  const code = reader.string();
  return (
    dtypeOf(code) ??
    reader.fail(
      `tensor ${formatValue(name)} has the type ${formatValue(code)}, which no tfjs tensor or typed array can hold`,
    )
  );
}

function counts(reader: JsonReader, limit: number, words: string): number[] {
  const values: number[] = [];
  reader.array((index) => {
    if (index >= limit) reader.fail(`there are more numbers than ${words}`);
    values.push(reader.count());
  });
  return values;
}

/** An escape may say half a surrogate pair, which is no character and could not be written back as UTF-8. */
function wellFormed(reader: JsonReader, text: string): string {
  return /\p{Surrogate}/u.test(text)
    ? reader.fail(`the string ${formatValue(text)} holds a lone surrogate`)
    : text;
}
