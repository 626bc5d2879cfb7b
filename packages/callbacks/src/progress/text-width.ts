// East Asian wide and full-width characters, and emoji: they take two columns of a terminal.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const COMBINING = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Counts the columns that a text takes on a terminal. */
export function countColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += getWidth(character);
  return columns;
}

/** Cuts the end of a text that takes more columns, and shows by `…` that it did. */
export function cutToColumns(text: string, columns: number): string {
  if (countColumns(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const character of text) {
    left -= getWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

function getWidth(character: string): number {
  if (WIDE.test(character)) return 2;
  return COMBINING.test(character) ? 0 : 1;
}
