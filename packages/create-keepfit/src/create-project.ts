import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** What the new project gets instead of these words. */
interface Places {
  /** The name of its package. */
  readonly name: string;
  /** The version of keepfit's packages that it installs. */
  readonly version: string;
}

/**
 * Copies the template into a folder, which is created if it is missing.
 *
 * @param folder relative to the working directory, or absolute; the project has the name of its last part
 * @param template the folder of the template
 * @param version of keepfit's packages
 * @throws Error if the folder has files or is one, or if npm does not take its name
 */
export function createProject(folder: string, template: string, version: string): void {
  const target = resolve(folder);
  const name = basename(target);
  if (!/^[a-z\d][a-z\d._-]*$/.test(name)) {
    throw new Error(
      `npm takes no package of the name ${JSON.stringify(name)}: give a folder of lower-case letters, digits and hyphens, such as "my-training"`,
    );
  }
  const isThere = existsSync(target);
  if (isThere && !statSync(target).isDirectory()) throw new Error(`${target} is a file: give another folder`);
  if (isThere && readdirSync(target).length > 0)
    throw new Error(`${target} has files already: give another folder, or empty this one`);
  mkdirSync(target, { recursive: true });
  cpSync(template, target, { recursive: true });
  // npm leaves a .gitignore out of its packages.
  renameSync(join(target, 'gitignore'), join(target, '.gitignore'));
  for (const file of ['package.json', 'README.md']) fillIn(join(target, file), { name, version });
}

function fillIn(file: string, places: Places): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/__(name|version)__/g, (_, place: keyof Places) => places[place]),
  );
}
