import { codeOf } from './code-of.js';

/** What an operation of the file system gives, or undefined where it says that nothing is there. */
export async function undefinedIfMissing<Result>(
  operation: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await operation();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
