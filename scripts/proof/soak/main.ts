import { parseArgs } from 'node:util';
import { parseCommandLine, parseWholeNumber } from '../parse-command-line.js';
import { soak, type SoakSummary } from './soak.js';
import { soakBucket } from './soak-bucket.js';
import type { StandbySummary } from './soak-standby.js';

const HELP = `Kills a training by SIGKILL at random instants, looks at its checkpoint each time, and compares the end.

  --kills N    at least so many                   [500, or 100 with --standby]
  --seed N     of the instants                    [1]
  --epochs N   of one training, of 9 steps each   [120]
  --standby    kills the first of two processes that share a bucket: on the Ceph of npm run rig:ceph, if there is
               one, or else in memory`;

const OPTIONS = {
  kills: { type: 'string' },
  seed: { type: 'string', default: '1' },
  epochs: { type: 'string', default: '120' },
  standby: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const { help, standby, ...options } = parseCommandLine(() => {
  const { values } = parseArgs({ options: OPTIONS });
  return {
    help: values.help,
    standby: values.standby,
    kills: parseWholeNumber('kills', values.kills ?? (values.standby ? '100' : '500'), 1),
    seed: parseWholeNumber('seed', values.seed, 0),
    epochs: parseWholeNumber('epochs', values.epochs, 1),
  };
});

if (help) console.log(HELP);
else if (standby) {
  const summary = await soakBucket({ ...options, onKill: showProgress });
  console.log(`${process.stdout.isTTY ? '\n' : ''}${formatStandby(summary)}`);
} else {
  const summary = await soak({ ...options, onProcess: showProgress });
  console.log(`${process.stdout.isTTY ? '\n' : ''}${formatProgress(summary)}`);
}

function showProgress(summary: SoakSummary | StandbySummary): void {
  const line = `${summary.kills} kills, ${summary.acknowledged} checkpoints acknowledged, ${summary.trainings} trainings to their end`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (summary.kills % 50 === 0) console.log(line);
}

function formatProgress(summary: SoakSummary): string {
  return [
    `${summary.kills} kills: after each the checkpoint was whole, no older than the last acknowledged one, and exact.`,
    `${summary.newerThanAcknowledged} left one that was newer than acknowledged, ${summary.tempFilesLeft} a temp file half written,`,
    `${summary.earlyKills} came before the process had acknowledged any.`,
    `${summary.trainings} trainings ended bit for bit as the uninterrupted one; ${summary.acknowledged} checkpoints were acknowledged.`,
  ].join('\n');
}

function formatStandby(summary: StandbySummary): string {
  return [
    `${summary.kills} kills of the holder of the lock: each time the standby took over, and nothing acknowledged was lost.`,
    `${summary.earlyKills} came while it took over, ${summary.lost} processes lost their lock to the other one.`,
    `${summary.trainings} trainings ended bit for bit as the uninterrupted one; ${summary.acknowledged} checkpoints were exact.`,
  ].join('\n');
}
