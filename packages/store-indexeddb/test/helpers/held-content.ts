import type { CheckpointContent } from '@keepfit/callbacks/store';

/** Content whose last byte comes only when `release` is called; `reached` resolves when all others were taken. */
export function heldContent(bytes: Uint8Array): {
  content: CheckpointContent;
  reached: Promise<void>;
  release: () => void;
} {
  let reach: () => void = () => undefined;
  let release: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, -1);
    reach();
    await released;
    yield bytes.subarray(-1);
  }
  return { content: { byteLength: bytes.length, chunks: chunks() }, reached, release };
}
