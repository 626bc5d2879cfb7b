import { escapeText } from './escape-text.js';

/** The kind of an error, for programs. docs/errors.md has a heading for each code. */
export type KeepfitErrorCode =
  | 'KEEPFIT_INVALID_OPTION'
  | 'KEEPFIT_INVALID_DATA'
  | 'KEEPFIT_INVALID_STATE'
  | 'KEEPFIT_ENGINE_FAILED'
  | 'KEEPFIT_HOOK_FAILED'
  | 'KEEPFIT_FIT_RUNNING'
  | 'KEEPFIT_INTERRUPTED'
  | 'KEEPFIT_BACKEND_UNAVAILABLE'
  | 'KEEPFIT_OP_MISSING'
  | 'KEEPFIT_OUT_OF_MEMORY'
  | 'KEEPFIT_BACKUP_FAILED'
  | 'KEEPFIT_CHECKPOINT_CORRUPT'
  | 'KEEPFIT_CHECKPOINT_VERSION'
  | 'KEEPFIT_CHECKPOINT_MISMATCH'
  | 'KEEPFIT_CHECKPOINT_MISSING'
  | 'KEEPFIT_CHECKPOINT_WEIGHTS_ONLY'
  | 'KEEPFIT_STORE_FAILED'
  | 'KEEPFIT_STORE_FULL'
  | 'KEEPFIT_STORE_LOCKED'
  | 'KEEPFIT_STORE_CONFLICT';

/**
 * The one error class of keepfit. Its message says what is wrong, what was received, and how to fix it.
 * Control characters, bidirectional ones and others that do not show are escaped in it, as `\u001b`.
 *
 * Test `error.code`, never `instanceof`: a program may hold an ESM and a CJS copy of this class.
 */
export class KeepfitError extends Error {
  override readonly name = 'KeepfitError';
  readonly code: KeepfitErrorCode;

  constructor(code: KeepfitErrorCode, message: string, options?: { cause?: unknown }) {
    super(`${code}: ${escapeText(message)}`, options);
    this.code = code;
  }
}

/** Whether an error came from keepfit, whichever copy of the package created it. */
export function isKeepfitError(error: unknown): error is KeepfitError {
  return error instanceof Error && error.name === 'KeepfitError' && 'code' in error;
}
