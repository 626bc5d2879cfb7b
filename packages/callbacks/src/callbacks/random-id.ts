/** 32 hexadecimal digits that tell runs apart; never part of what is computed. */
export function randomId(): string {
  return Array.from({ length: 4 }, () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
