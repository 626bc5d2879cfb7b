import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import type { SentError } from './messages.js';

/** Makes an error ready to travel. */
export function packError(error: unknown): SentError {
  const message = error instanceof Error ? error.message : String(error);
  if (!isKeepfitError(error)) return { code: undefined, message };
  // The message of KeepfitError begins with the code.
  return { code: error.code, message: message.replace(`${error.code}: `, '') };
}

/** Makes the error that `fit` rejects with. */
export function unpackError({ code, message }: SentError): KeepfitError {
  return code === undefined
    ? new KeepfitError('KEEPFIT_ENGINE_FAILED', `a worker could not compute its part of a step: ${message}`)
    : new KeepfitError(code, message);
}
