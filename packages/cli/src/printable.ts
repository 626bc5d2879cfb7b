/**
 * A text that a terminal can only show: names come from files, and a control character in one could move the cursor, change the title, or
 * turn the order of letters around. Such characters are written as `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
