/** Colours of a terminal, or none. */
export interface Paint {
  bold(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

export function paint(hasColours: boolean): Paint {
  const wrap = (code: number, end: number) => (text: string) =>
    hasColours ? `\x1b[${code}m${text}\x1b[${end}m` : text;
  return { bold: wrap(1, 22), good: wrap(32, 39), bad: wrap(31, 39), dim: wrap(2, 22) };
}
