import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Fills the picture, the install line and the program of the README into the front page. */
export function fillFrontPage(project, root) {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const content = {
    picture: readFileSync(join(root, 'docs/images/killed-and-resumed.svg'), 'utf8').replaceAll('\n', ''),
    install: `\`\`\`sh\n${getInstallLine(readme)}\`\`\``,
    program: `\`\`\`ts\n${getProgram(readme)}\`\`\``,
  };
  for (const part of project.readme ?? [])
    part.text = part.text.replace(/<!-- (\w+) -->/g, (place, name) => content[name] ?? place);
}

/** Returns the program of the README. */
function getProgram(readme) {
  return findBlock(readme, /```ts\n([^]*?)```/, 'a program in TypeScript');
}

function getInstallLine(readme) {
  return findBlock(readme, /```sh\n(npm install [^`]*?)```/, 'an install line');
}

function findBlock(readme, pattern, what) {
  const [, block] = pattern.exec(readme) ?? [];
  if (block === undefined) throw new Error(`the README has no block with ${what}`);
  return block;
}

/**
 * Begins the page of each package with its README, without the heading, which the page has already, and ends that
 * with the doors of the package: the paths from which a program can import.
 */
export function fillPackagePages(project, packages) {
  for (const page of project.children ?? []) {
    const manifest = packages.find(({ name }) => name === page.name);
    const [first] = page.readme ?? [];
    if (manifest === undefined || first === undefined) continue;
    first.text = first.text.replace(/^# .*\n+/, '');
    const doors = Object.keys(manifest.exports).filter((door) => !door.endsWith('.json'));
    const lines = doors.map(
      (door) => `- \`${manifest.name}${door.slice(1)}\`${door === '.' ? ': the API below' : ''}`,
    );
    page.readme.push({
      kind: 'text',
      text: `\n\n## Doors\n\nA program can import from:\n\n${lines.join('\n')}\n`,
    });
  }
}
