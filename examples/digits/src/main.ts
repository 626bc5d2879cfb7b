// The main program: it kills a training again and again, trains once without a kill, and proves that both
// have the same result.
import { relative } from 'node:path';
import type { Proof } from './proof.js';
import { help, type Options, readOptions } from './options.js';
import { type Ending, type KillPlan, runTraining } from './run-training.js';

type Done = Extract<Ending, { kind: 'done' }>;

const kinds = ['weights', 'optimizer', 'history'] as const;

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(help);
    return true;
  }
  if (options.kills === 0) {
    say(
      `Training ${formatCount(options.epochs, 'epoch')}. Press Ctrl-C at any time and run this again: it continues from ${relative('.', options.backup)}/.`,
    );
    showAccuracy(
      await requireDone(await runTraining({ options, isInterrupted: true, spoils: false }, undefined)),
    );
    return true;
  }
  say(
    `1. Training ${formatCount(options.epochs, 'epoch')} on handwritten digits${options.workers > 0 ? `, on ${formatCount(options.workers, 'worker thread')}. Each epoch ends some of them in the middle of a step` : ''}. The process is killed ${formatCount(options.kills, 'time')}, at random moments.`,
  );
  const { ending: killed, kills, lostWorkers } = await trainWithKills(options);
  say(
    `2. The same training, never killed and without any backup${options.workers > 0 ? ', on one thread' : ''}.`,
  );
  const whole = await requireDone(
    await runTraining({ options, isInterrupted: false, spoils: false }, undefined),
  );
  showAccuracy(whole);
  const losses = `${formatCount(kills, 'kill')}${lostWorkers > 0 ? ` and the end of ${formatCount(lostWorkers, 'worker thread')}` : ''}`;
  return compare(killed.proof, whole.proof, { kills, losses }, options);
}

async function trainWithKills(
  options: Options,
): Promise<{ ending: Done; kills: number; lostWorkers: number }> {
  let kills = 0;
  let lostWorkers = 0;
  for (;;) {
    const spoils = options.plantFault && kills > 0;
    const plan = kills < options.kills ? planKill(options) : undefined;
    const ending = await runTraining({ options, isInterrupted: true, spoils }, plan);
    lostWorkers += ending.lostWorkers;
    if (ending.kind === 'done') return { ending, kills, lostWorkers };
    kills += 1;
    process.stdout.write('\n');
    say(
      `   kill -9, number ${kills}: in epoch ${ending.epoch + 1}, after batch ${ending.batch + 1} of ${ending.steps}. Starting a new process.`,
    );
  }
}

/** Spreads the kills over the epochs, each at a random moment. */
function planKill({ epochs, kills }: Options): KillPlan {
  const share = epochs / (kills + 1);
  return { afterEpochs: share * (0.5 + 0.8 * Math.random()), thenMs: 20 * Math.random() };
}

async function requireDone(ending: Ending): Promise<Done> {
  if (ending.kind === 'killed')
    throw new Error('the training process was killed from outside; run this again to continue');
  return ending;
}

function compare(
  killed: Proof,
  whole: Proof,
  { kills, losses }: { readonly kills: number; readonly losses: string },
  options: Options,
): boolean {
  const isSame = kinds.every((kind) => killed[kind] === whole[kind]);
  say(
    `3. The proof. SHA-256 of all bytes, of the run killed ${formatCount(kills, 'time')} and of the one never killed:`,
  );
  for (const kind of kinds) {
    const sign = killed[kind] === whole[kind] ? 'equal' : 'DIFFERENT';
    console.log(
      `   ${kind.padEnd(9)}  killed ${kills}×  ${killed[kind]}\n              never     ${whole[kind]}  ${sign}`,
    );
  }
  say(
    isSame
      ? `Identical, bit for bit, after ${losses}.`
      : `NOT identical${options.plantFault ? ', as planted: one weight was spoiled after a kill' : ''}.`,
  );
  if (kills < options.kills)
    console.log(
      `(Training ended before ${options.kills - kills} of the planned kills; give it more --epochs.)`,
    );
  return isSame;
}

function showAccuracy({ history }: Done): void {
  const accuracy = history['val_accuracy']?.at(-1);
  if (accuracy !== undefined)
    console.log(`   Right on ${(100 * accuracy).toFixed(1)} % of the digits that it was not trained on.`);
}

function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function say(text: string): void {
  console.log(`\n${text}`);
}

main().then(
  (isGood) => {
    process.exitCode = isGood ? 0 : 1;
  },
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
