import { startProcess, type TrainingProcess } from '../soak/start-process.js';
import type { SeenCheckpoint } from '../soak/read-checkpoint.js';

/** A coordinator and its standby, both of which start again whenever they end before the training is complete. */
export interface Coordinators {
  /** Kills one of the two. */
  kill(choice: number): void;
  /** Suspends one of the two, and lets it continue after so many milliseconds. */
  suspend(choice: number, milliseconds: number): void;
  /** Resolves to all checkpoints that were acknowledged, when the training is complete. Rejects if one failed. */
  readonly completed: Promise<SeenCheckpoint[]>;
  /** How many ended because the other one had taken over. */
  readonly lost: number;
  stop(): void;
}

/** @param args Of the program. */
export function startCoordinators(program: string, args: readonly string[]): Coordinators {
  const running: TrainingProcess[] = [];
  const acknowledged: SeenCheckpoint[] = [];
  let [isComplete, lost] = [false, 0];

  /** Runs one coordinator after the other, until the training is complete. */
  async function keepRunning(place: number): Promise<void> {
    do {
      const process = startProcess(program, args);
      running[place] = process;
      const end = await process.ended;
      acknowledged.push(...process.acknowledged);
      if (end === 'lost') lost += 1;
      if (end === 'completed') isComplete = true;
    } while (!isComplete);
  }

  const completed = Promise.all([0, 1].map(keepRunning)).then(() => acknowledged);
  completed.catch(() => undefined);
  return {
    completed,
    get lost() {
      return lost;
    },
    kill: (choice) => running[choice]?.kill(),
    suspend(choice, milliseconds) {
      const suspended = running[choice];
      suspended?.kill('SIGSTOP');
      setTimeout(() => suspended?.kill('SIGCONT'), milliseconds);
    },
    stop() {
      isComplete = true;
      for (const process of running) process.kill();
    },
  };
}
