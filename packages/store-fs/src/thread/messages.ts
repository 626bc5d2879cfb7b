import { isKeepfitError, KeepfitError, type KeepfitErrorCode } from '@keepfit/callbacks/store';
import type { FolderState } from '../folder/folder.js';
import type { WriteCondition } from '../write/check-condition.js';

/** The requests to the thread, in this order: begin, bytes, commit; or abort instead of commit. */
export type WriterRequest =
  | { readonly kind: 'begin'; readonly job: WriterJob }
  | { readonly kind: 'bytes'; readonly buffer: ArrayBuffer; readonly length: number }
  /** All bytes were sent, and no other commit of the store runs. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'abort' };

/** One checkpoint to write. */
export interface WriterJob {
  readonly folder: FolderState;
  readonly key: string;
  /** The path of the temp file. */
  readonly temp: string;
  readonly byteLength: number;
  /** The lengths of the parts whose checksums the thread appends; undefined if all bytes are sent. */
  readonly partLengths: readonly number[] | undefined;
  readonly condition: WriteCondition | undefined;
  /** Gets the version that the thread is about to put in place. */
  readonly renaming: SharedNote;
}

/** The replies to one job: `ended` is the last, and each job has it. */
export type WriterReply =
  | { readonly kind: 'freed'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'ended'; readonly outcome: WriterOutcome };

export interface WriterOutcome {
  readonly folder: FolderState;
  /** The version of the checkpoint, or why it was not written. */
  readonly result: string | SentError;
}

/**
 * A short text in memory that both threads share. It can be read after the thread has ended, and unlike a
 * message, it does not wake the training's thread.
 */
export type SharedNote = Uint16Array<SharedArrayBuffer>;

/** Longer than any version. */
const NOTE_LENGTH = 128;

export function createNote(): SharedNote {
  return new Uint16Array(new SharedArrayBuffer(NOTE_LENGTH * Uint16Array.BYTES_PER_ELEMENT));
}

export function writeNote(note: SharedNote, text: string): void {
  for (let index = 0; index < NOTE_LENGTH; index++) note[index] = text.charCodeAt(index);
}

/** Returns the text; empty if none was written. */
export function readNote(note: SharedNote): string {
  return String.fromCharCode(...note.filter((unit) => unit !== 0));
}

/** A KeepfitError as plain values for another thread, because a clone of an error loses its code. */
export interface SentError {
  readonly code: KeepfitErrorCode;
  readonly message: string;
  /** `fields` are those of Node: `code`, `path` and so on. */
  readonly cause: { readonly message: string; readonly fields: object } | undefined;
}

/** @throws the error itself if it is no KeepfitError: then the program of the thread is at fault. */
export function toSentError(error: unknown): SentError {
  if (!isKeepfitError(error)) throw error;
  const { code, message, cause } = error;
  return {
    code,
    message: message.slice(`${code}: `.length),
    cause: cause instanceof Error ? { message: cause.message, fields: { ...cause } } : undefined,
  };
}

export function fromSentError({ code, message, cause }: SentError): KeepfitError {
  if (cause === undefined) return new KeepfitError(code, message);
  return new KeepfitError(code, message, { cause: Object.assign(new Error(cause.message), cause.fields) });
}
