/** Creates 32 random hexadecimal digits that identify a run. No result of the training depends on them. */
export function createRandomId(): string {
  return Array.from({ length: 4 }, () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
