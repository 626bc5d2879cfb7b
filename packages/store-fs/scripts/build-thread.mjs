// Bundles src/thread/thread-main.ts into the text in src/thread/thread-text.ts. `npm run build` and
// `npm run build:thread` run it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src', 'thread', 'thread-text.ts');

/** The text of src/thread/thread-text.ts. */
export async function createThreadText() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/thread/thread-main.ts'],
    conditions: ['keepfit:source'],
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    // Otherwise the settings of tsconfig.json would change the text.
    tsconfigRaw: '{}',
    bundle: true,
    minify: true,
    write: false,
  });
  // An escape or a surrogate pair is not torn.
  const lines = outputFiles[0].text
    .trim()
    .replace(/[\\`]|\$\{/g, '\\$&')
    .match(/(?:\\\$\{|\\.|[^\\]){1,100}/gsu);
  return `// Made from thread-main.ts by \`npm run build:thread\`. Do not edit.

/** The program of the thread that writes. */
export const threadText = \`\\
${lines.join('\\\n')}\`;
`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(target, await createThreadText());
