/** The error that a promise rejects with; an error where it does not. */
export async function caught(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { readonly code?: string };
  }
  throw new Error('this was to fail, and did not');
}
