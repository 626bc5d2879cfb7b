import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../docs/preemption.md', import.meta.url), 'utf8');
const folder = fileURLToPath(new URL('../slurm/', import.meta.url));

test('docs/preemption.md shows the job scripts that the rig runs, letter for letter', () => {
  const shown = [...page.matchAll(/^```bash\n(#!\/bin\/bash\n[\s\S]*?)^```$/gm)].map(([, script]) => script);
  const files = readdirSync(folder).map((file) => readFileSync(`${folder}${file}`, 'utf8'));
  expect(shown.sort()).toEqual(files.sort());
  expect(files).toHaveLength(4);
});
