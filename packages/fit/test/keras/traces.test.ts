import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { beforeAll, expect, test } from 'vitest';
import { type Mode, modeOf, type Recording, replay, scenarioKeys } from './replay-scenario.js';

const folder = process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url));
const recorded = readTraces(join(folder, 'traces'));
/** In the same format, for what the others do not show. */
const more = readTraces(fileURLToPath(new URL('./traces', import.meta.url)));

beforeAll(() => useBackend(cpuBackend()));

const modes = Object.keys(scenarioKeys) as Mode[];
const lacking = modes.filter((mode) => recorded.every(({ recording }) => modeOf(recording) !== mode));
for (const mode of recorded.length > 0 ? lacking : ['any mode'])
  test.skip(`makes the calls that Keras made: the folder has no recording of ${mode}`, () => undefined);

for (const { file, recording } of [...recorded, ...more])
  test(`makes the calls that Keras made in ${file}`, () => replay(recording));

test('a key of a scenario that is not replayed fails', async () => {
  const { recording } = more[0]!;
  const scenario = { ...recording.scenario, dropped: true };
  await expect(replay({ ...recording, scenario })).rejects.toThrow(/does not replay.*dropped/s);
});

function readTraces(path: string): { file: string; recording: Recording }[] {
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((file) => file.endsWith('.json'));
  return files.map((file) => ({
    file,
    recording: JSON.parse(readFileSync(join(path, file), 'utf8')) as Recording,
  }));
}
