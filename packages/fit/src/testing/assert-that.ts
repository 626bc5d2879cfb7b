/** Fails a conformance test where the condition does not hold. The message says what was expected of the backend. */
export function assertThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
