import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8')) as Record<string, unknown>;
const { repository } = readManifest('.') as { repository: string };

test.each(readdirSync(new URL('packages', root)))(
  '%s comes from the repository of the workspace',
  (folder) => {
    expect(readManifest(`packages/${folder}`)).toMatchObject({
      homepage: `${repository}/tree/main/packages/${folder}#readme`,
      bugs: `${repository}/issues`,
      repository: { url: `git+${repository}.git`, directory: `packages/${folder}` },
    });
  },
);

test('no other file names it', () => {
  const { name } = /github\.com\/(?<name>.*)/.exec(repository)?.groups ?? {};
  const files = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'scripts/docs/options.mjs'];
  for (const file of files)
    expect(readFileSync(new URL(file, root), 'utf8'), file).not.toContain(`github.com/${name}`);
});
