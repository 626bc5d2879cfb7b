import type { CheckpointContent, PartReader } from '../contract/checkpoint-store.js';

/** A content that a store is given, and how much of it the store has read. */
export interface WatchedContent {
  readonly content: CheckpointContent;
  /** The most bytes that one reader was given; those of a reader of parts with the checksums. */
  countRead(): number;
}

/**
 * Counts what a store reads of a content.
 *
 * @param end Once aborted, nothing more is handed out: chunks and parts throw its reason. So the tensors may be
 *   disposed while a store still reads. Bytes that were read meanwhile may be those of another tensor.
 */
export function watchContent(
  { byteLength, chunks, parts }: CheckpointContent,
  end?: AbortSignal,
): WatchedContent {
  let most = 0;
  const checkEnd = (): void => {
    if (end?.aborted) throw end.reason;
  };

  async function* watchChunks(): AsyncGenerator<Uint8Array, void, undefined> {
    checkEnd();
    let read = 0;
    for await (const chunk of chunks) {
      checkEnd();
      read += chunk.byteLength;
      most = Math.max(most, read);
      yield chunk;
      checkEnd();
    }
  }

  function watchReader(lengths: readonly number[], read: PartReader): PartReader {
    let count = 4 * lengths.length;
    return async (memory) => {
      checkEnd();
      const filled = await read(memory);
      checkEnd();
      count += filled;
      most = Math.max(most, count);
      return filled;
    };
  }

  const content = { byteLength, chunks: { [Symbol.asyncIterator]: watchChunks } };
  if (parts !== undefined) {
    const { lengths } = parts;
    const value = { lengths, createReader: () => watchReader(lengths, parts.createReader()) };
    // Hidden from a spread, as in every content of keepfit.
    Object.defineProperty(content, 'parts', { value, enumerable: false });
  }
  return { content, countRead: () => most };
}
