import { parseArgs } from 'node:util';
import { natsServerPath } from '../../../packages/engine-nats/test/helpers/nats-server.ts';
import { parseCommandLine, parseWholeNumber } from '../parse-command-line.js';
import { type ChaosSummary, runChaos } from './chaos.js';

const HELP = `Trains on many machines of this one while everything goes wrong, and compares the bits with those of one thread:
a coordinator with a standby, three workers and a page, a server of NATS, and a bucket on the Ceph of npm run rig:ceph,
if there is one, or else in memory.

  --seconds N  for how long things go wrong            [600]
  --seed N     of what goes wrong, and when            [1]
  --epochs N   of one training, of 9 steps each        [12]`;

const OPTIONS = {
  seconds: { type: 'string', default: '600' },
  seed: { type: 'string', default: '1' },
  epochs: { type: 'string', default: '12' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const { help, ...options } = parseCommandLine(() => {
  const { values } = parseArgs({ options: OPTIONS });
  return {
    help: values.help,
    seconds: parseWholeNumber('seconds', values.seconds, 1),
    seed: parseWholeNumber('seed', values.seed, 0),
    epochs: parseWholeNumber('epochs', values.epochs, 1),
  };
});

if (help) console.log(HELP);
else if (natsServerPath === undefined) process.exitCode = 2;
else console.log(formatSummary(await runChaos({ ...options, onTraining: showProgress })));

function showProgress({ trainings, acknowledged }: ChaosSummary): void {
  console.log(
    `${trainings} trainings ended with the bits of one thread, ${acknowledged} checkpoints had them`,
  );
}

function formatSummary({ events, pageShards, lost, trainings, acknowledged }: ChaosSummary): string {
  const rows = [
    ...Object.entries(events),
    ['a coordinator ended because its standby had taken over', lost],
    ['shards were computed by the page since it was last loaded', pageShards],
    ['checkpoints, all equal to those of one thread', acknowledged],
    ['trainings, all ended with the bits of one thread', trainings],
  ] as const;
  return rows.map(([name, count]) => `${String(count).padStart(6)}  ${name}`).join('\n');
}
