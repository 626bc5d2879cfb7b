import { gradientCases } from '@keepfit/fit/testing';
import { test } from 'vitest';

const STRIDE = 5;

/**
 * `test` for the conformance kit on a GPU that software stands in for: there a shader is compiled for each shape, which takes most of the
 * time. So of each op of the gradient table it runs the first point of each kind (stride, padding, dilation, axes, ties and so on) and
 * every fifth of all. `longGpuTest` runs the others. On cpu and wasm all points run always.
 */
export function gpuTest(name: string, run: () => Promise<void>): void {
  if (!LATER.has(name)) test(name, run);
}

/** `test` for the points that `gpuTest` leaves to `npm run test:long`. */
export function longGpuTest(name: string, run: () => Promise<void>): void {
  if (LATER.has(name)) test(name, run);
}

const LATER: ReadonlySet<string> = new Set(
  laterOf(gradientCases().map((point) => point.name)).map((name) => `gradients: ${name}`),
);

function laterOf(names: readonly string[]): string[] {
  const ops = new Map<string, string[]>();
  for (const name of names) ops.set(opOf(name), [...(ops.get(opOf(name)) ?? []), name]);
  return [...ops.values()].flatMap((points, start) => {
    const seen = new Set<string>();
    return points.filter((name, index) => {
      const fresh = kindsOf(name).filter((kind) => !seen.has(kind));
      fresh.forEach((kind) => seen.add(kind));
      // Each op begins elsewhere, so that those with the same shapes run different ones.
      return fresh.length === 0 && (index + start) % STRIDE !== 0;
    });
  });
}

function opOf(name: string): string {
  return /^\w+/.exec(name)?.[0] ?? name;
}

/** What is said of a point but for its sizes: "stride 2", "pad same", "of equal numbers". */
function kindsOf(name: string): string[] {
  return name.replaceAll(/\[[^[\]]*\]|\d+ by \d+ filters to \d+|(?<=filters of )\d/g, '').split(', ');
}
