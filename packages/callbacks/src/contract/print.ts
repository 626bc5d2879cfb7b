import { escapeText } from './escape-text.js';

/**
 * Prints a warning. Every warning goes this way, because its names may come from files, servers and other
 * packages: see `escapeText`.
 */
export function printWarning(message: string): void {
  console.warn(escapeText(message));
}

/** Prints what a user asked to be told, as `printWarning` does. */
export function printText(text: string): void {
  console.log(escapeText(text));
}
