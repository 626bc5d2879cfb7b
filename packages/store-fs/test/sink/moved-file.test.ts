import { createFsFromVolume, Volume } from 'memfs';
import { afterEach, expect, test, vi } from 'vitest';
import { fileSink, type SinkFileSystem } from '../../src/index.js';

const PATH = '/runs/digits/log.csv';
/** More than one piece of the copy. */
const OLD = `epoch,loss\n${'0'.repeat(1_200_000)}\n`;

function openSink() {
  const volume = Volume.fromJSON({ [PATH]: OLD });
  const fs = createFsFromVolume(volume).promises as unknown as SinkFileSystem;
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const readText = (path = PATH): string => volume.readFileSync(path, 'utf8') as string;
  return { sink: fileSink(PATH, { fs }), volume, warnings, readText };
}

afterEach(() => void vi.restoreAllMocks());

for (const [what, act] of [
  ['a file that was deleted', (volume: Volume) => volume.unlinkSync(PATH)],
  ['a folder that was deleted', (volume: Volume) => volume.rmSync('/runs', { recursive: true })],
  ['a file that was moved away', (volume: Volume) => volume.renameSync(PATH, '/old.csv')],
  ['a folder that was moved away', (volume: Volume) => volume.renameSync('/runs', '/old')],
  [
    'a file that was rotated',
    (volume: Volume) => {
      volume.renameSync(PATH, '/old.csv');
      volume.writeFileSync(PATH, '');
    },
  ],
] as const) {
  test(`${what} while a training writes is made again with all rows, and one warning`, async () => {
    const { sink, volume, warnings, readText } = openSink();
    await sink.append('1,0.5\n');
    act(volume);
    await sink.append('2,0.25\n');
    await sink.flush();
    expect(readText() === `${OLD}1,0.5\n2,0.25\n`).toBe(true);
    expect(warnings.mock.calls).toEqual([[expect.stringContaining(`${PATH} was deleted or moved away`)]]);
    await sink.append('3,0.125\n');
    await sink.close!();
    expect(readText() === `${OLD}1,0.5\n2,0.25\n3,0.125\n`).toBe(true);
    expect(warnings).toHaveBeenCalledTimes(1);
  });
}

test('a file that was replaced by a shorter one is an error, and stays as it is', async () => {
  const { sink, volume, readText } = openSink();
  await sink.append('1,0.5\n');
  volume.unlinkSync(PATH);
  volume.writeFileSync(PATH, 'mine');
  await expect(sink.flush()).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*log.csv has only 4 of the \d+ bytes/);
  expect(readText()).toBe('mine');
});

test('a file that was emptied is an error', async () => {
  const { sink, volume } = openSink();
  await sink.append('1,0.5\n');
  volume.truncateSync(PATH, 0);
  await expect(sink.flush()).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*log.csv was emptied or deleted/);
});

test('a file that cannot be made again is an error, and is made by a later flush', async () => {
  const { sink, volume, readText } = openSink();
  await sink.append('1,0.5\n');
  volume.rmSync('/runs', { recursive: true });
  volume.writeFileSync('/runs', 'a file');
  await expect(sink.flush()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  volume.unlinkSync('/runs');
  await sink.flush();
  expect(readText() === `${OLD}1,0.5\n`).toBe(true);
});
