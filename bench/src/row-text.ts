import type { Row } from './bench.js';

/** A line of the output, and below it what the figure is made of. */
export function rowText({ name, limit, least, unit, value, spread: [low, high], runs, facts }: Row): string {
  const isMet = value <= (limit ?? Infinity) && value >= (least ?? -Infinity);
  const words =
    limit !== undefined
      ? `at most ${number(limit)}`
      : least !== undefined
        ? `at least ${number(least)}`
        : undefined;
  const bar = words === undefined ? '' : `, ${words} ${unit}: ${isMet ? 'met' : 'MISSED'}`;
  const made = Object.entries(facts).map(
    ([fact, content]) => `${fact} ${typeof content === 'number' ? number(content) : content}`,
  );
  return `  ${name}: ${number(value)} ${unit} (${number(low)} … ${number(high)}, ${runs} runs)${bar}\n      ${made.join('; ')}`;
}

function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value.toFixed(digits);
}
