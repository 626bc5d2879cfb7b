/** The number that an option was given. @throws an Error with a line for the person, where it is not a whole number from `least`. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} must be a whole number from ${least}, not "${text}"`);
}
