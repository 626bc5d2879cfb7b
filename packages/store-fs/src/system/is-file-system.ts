/** Whether a value has flags for `open`, and these operations. */
export function isFileSystem(value: unknown, operations: readonly string[]): boolean {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (
    typeof given['constants'] === 'object' && operations.every((name) => typeof given[name] === 'function')
  );
}
