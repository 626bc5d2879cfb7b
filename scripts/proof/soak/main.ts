import { parseArgs } from 'node:util';
import { parseCommandLine, parseWholeNumber } from '../parse-command-line.js';
import { soak, type SoakSummary } from './soak.js';

const HELP = `Kills a training by SIGKILL at random instants, looks at its checkpoint each time, and compares the end.

  --kills N    at least so many                   [500]
  --seed N     of the instants                    [1]
  --epochs N   of one training, of 9 steps each   [120]`;

const OPTIONS = {
  kills: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  epochs: { type: 'string', default: '120' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const { help, ...options } = parseCommandLine(() => {
  const { values } = parseArgs({ options: OPTIONS });
  return {
    help: values.help,
    kills: parseWholeNumber('kills', values.kills, 1),
    seed: parseWholeNumber('seed', values.seed, 0),
    epochs: parseWholeNumber('epochs', values.epochs, 1),
  };
});

if (help) console.log(HELP);
else {
  const summary = await soak({ ...options, onProcess: showProgress });
  console.log(`${process.stdout.isTTY ? '\n' : ''}${formatProgress(summary)}`);
}

function showProgress(summary: SoakSummary): void {
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
