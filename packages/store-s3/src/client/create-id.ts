/** Returns 32 random hexadecimal digits. `crypto.randomUUID` would need a secure context. */
export function createId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))]
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}
