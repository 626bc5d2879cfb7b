import { KeepfitError } from '@keepfit/callbacks';

/**
 * Loads a file of the build that not every program needs.
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE with this message when it cannot be loaded.
 */
export async function loadOnDemand<T>(load: () => Promise<T>, message: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', message, { cause });
  }
}
