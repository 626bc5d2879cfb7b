// Draws the packages and the rooms of docs/architecture.md. Run: node scripts/docs/draw-rooms.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { rooms } from '../lint/rooms.mjs';

/** The page with its charts drawn again, each between `<!-- chart name -->` and `<!-- /chart name -->`. */
export function drawCharts(page, charts) {
  return Object.entries(charts).reduce((text, [name, chart]) => {
    const place = new RegExp(`(<!-- chart ${name} -->\n)[^]*?(\n<!-- /chart ${name} -->)`);
    if (!place.test(text)) throw new Error(`docs/architecture.md has no place for the chart of ${name}`);
    return text.replace(place, (_, begin, end) => `${begin}\n\`\`\`mermaid\n${chart}\n\`\`\`\n${end}`);
  }, page);
}

/** A chart of all packages, and one for each package with rooms. */
export function findCharts(root) {
  return {
    packages: drawArrows(findPackageArrows(root)),
    ...Object.fromEntries(Object.entries(rooms).map(([name, arrows]) => [name, drawArrows(arrows)])),
  };
}

/** For each package of the workspace, the packages that its sources import. */
export function findPackageArrows(root) {
  const names = readdirSync(join(root, 'packages')).sort();
  return Object.fromEntries(
    names.map((name) => {
      const src = join(root, 'packages', name, 'src');
      const imported = readdirSync(src, { recursive: true })
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => [
          ...readFileSync(join(src, file), 'utf8').matchAll(
            /^(?:import|export|\}).*from '@keepfit\/([\w-]+)/gm,
          ),
        ]);
      return [name, [...new Set(imported.map(([, other]) => other))].sort()];
    }),
  );
}

/**
 * A flowchart in Mermaid. It leaves out an arrow from a to c if there are arrows from a to b and from b to c.
 */
export function drawArrows(arrows) {
  const isReached = (from, to) => (arrows[from] ?? []).some((next) => next === to || isReached(next, to));
  const lines = Object.entries(arrows).flatMap(([from, targets]) =>
    targets
      .filter((to) => !targets.some((other) => other !== to && isReached(other, to)))
      .map((to) => `  ${from} --> ${to}`),
  );
  const isDrawn = (name) => lines.some((line) => line.trim().split(' --> ').includes(name));
  const lonely = Object.keys(arrows).filter((name) => !isDrawn(name));
  return ['flowchart TD', ...lonely.map((name) => `  ${name}`), ...lines].join('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const file = join(root, 'docs/architecture.md');
  writeFileSync(file, drawCharts(readFileSync(file, 'utf8'), findCharts(root)));
}
