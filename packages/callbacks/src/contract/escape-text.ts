/**
 * Escapes every character that a terminal obeys or a reader does not see, as `\u001b`: control characters,
 * those that reverse the order of letters, characters without width, lone surrogates. Names come from files
 * and servers, and could otherwise forge or hide a part of a message. Line feeds stay, so JSON stays the same
 * JSON.
 */
export function escapeText(text: string): string {
  return text.split('\n').map(escapeLine).join('\n');
}

/** Like `escapeText`, but also escapes line feeds, so that a name cannot begin a line of its own. */
export function escapeLine(text: string): string {
  // JSON has only escapes of four digits, two of them for a character beyond U+FFFF.
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) =>
      escapeUnit(character.charAt(0)) + (character.length > 1 ? escapeUnit(character.charAt(1)) : ''),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
