import { KeepfitError, type StateRecord } from '@keepfit/callbacks';
import {
  type Engine,
  type HostTensor,
  type SharedStep,
  type SharedTraining,
  type ShardSum,
  type ShardTask,
  sumTree,
} from '@keepfit/fit/engine';
import type { EngineUnderTest } from '@keepfit/fit/testing';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, decodeAnswer, Replica } from './replica.js';

/** A step while its shards are computed. */
export interface OpenStep {
  readonly step: number;
  readonly tasks: SharedStep['tasks'];
  readonly weights: readonly HostTensor[];
  /** The places of the tasks that nobody computes. */
  readonly waiting: number[];
  /** By task. */
  readonly sums: (ShardSum | undefined)[];
  /** In the order in which they came. */
  readonly arrived: ShardSum[];
  readonly resolve: (sum: ShardSum) => void;
  readonly reject: (error: unknown) => void;
}

/** The decisions of the engine, of which a broken one has another. */
export interface Decisions {
  isSame(own: StateRecord, wanted: StateRecord): boolean;
  chooseWeights(open: OpenStep, isNew: boolean): readonly HostTensor[] | undefined;
  changeTask(task: ShardTask, replica: number): ShardTask;
  read(bytes: unknown): Answer | undefined;
  isExpected(answer: Answer, open: OpenStep, run: number): boolean;
  receive(open: OpenStep, at: number, sum: ShardSum): void;
  add(open: OpenStep): ShardSum;
  /** A worker died that computed this task. */
  replace(open: OpenStep, at: number): void;
  /** Whether a training that begins again needs its workers again. */
  restarts(training: SharedTraining, before: SharedTraining | undefined): boolean;
  nextRun(run: number): number;
  /** The number of the last step, when another training begins. */
  countFrom(steps: number): number;
  explain(text: string): unknown;
  release(replica: Replica, reason: 'end' | 'kill' | 'error' | 'refusal'): void;
}

export const SOUND: Decisions = {
  isSame: isDeepStrictEqual,
  chooseWeights: ({ weights }, isNew) => (isNew ? weights : undefined),
  changeTask: (task) => task,
  read: decodeAnswer,
  isExpected: ({ run, step, at }, open, current) =>
    run === current && step === open.step && open.sums[at] === undefined && at in open.tasks,
  receive(open, at, sum) {
    open.sums[at] = sum;
    open.arrived.push(sum);
  },
  add: ({ sums }) => sumTree(sums as [ShardSum, ...ShardSum[]]),
  replace: ({ waiting }, at) => void waiting.push(at),
  restarts: () => true,
  nextRun: (run) => run + 1,
  countFrom: (steps) => steps,
  explain: (text) => new KeepfitError('KEEPFIT_ENGINE_FAILED', `a worker failed: ${text}`),
  release: (replica) => replica.stop(),
};

/** An engine whose workers are on this thread, each with its model, and answer in bytes, in changing order. */
export function replicaEngine(count: number, decisions: Partial<Decisions> = {}): EngineUnderTest {
  const decide: Decisions = { ...SOUND, ...decisions };
  let replicas: Replica[] = [];
  let training: SharedTraining | undefined;
  let open: OpenStep | undefined;
  let [run, steps, names, wanted, reason] = [0, 0, 0, count, 'end' as 'end' | 'error' | 'refusal'];
  let relay: Parameters<NonNullable<EngineUnderTest['intercept']>>[0] = (answer, deliver) => deliver(answer);

  const start = async ({ description }: SharedTraining): Promise<void> => {
    const replica = new Replica((names += 1), (bytes) =>
      relay(bytes, (given) => receive(replica, decide.read(given))),
    );
    replicas.push(replica);
    const own = await replica.start(description);
    if (decide.isSame(own, description)) return;
    reason = 'refusal';
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', 'the workers have another model or other kernels');
  };
  const remove = (replica: Replica): void => {
    replicas = replicas.filter((one) => one !== replica);
    decide.release(replica, 'kill');
    const { order } = replica;
    if (open !== undefined && order?.step === open.step) decide.replace(open, order.at);
  };
  const fill = async (): Promise<void> => {
    const given = training;
    // It may end, or begin again, while a worker starts.
    while (given !== undefined && given === training && replicas.length < wanted) await start(given);
    work();
  };
  const work = (): void => {
    if (open === undefined) return;
    for (const replica of replicas) {
      const [at] = open.waiting;
      if (at === undefined) return;
      if (!replica.isReady || replica.isBusy) continue;
      open.waiting.shift();
      const weights = decide.chooseWeights(open, replica.weights !== open.weights);
      replica.weights = open.weights;
      const task = decide.changeTask(open.tasks[at] as ShardTask, replica.name);
      replica.compute({ run, step: open.step, at, task, weights });
    }
  };
  const receive = (replica: Replica, answer: Answer | undefined): void => {
    if (answer === undefined || !replicas.includes(replica)) return;
    replica.finish(answer);
    if (open === undefined) return;
    if (!decide.isExpected(answer, open, run)) return work();
    if (answer.sum === undefined) {
      reason = 'error';
      open.reject(decide.explain(answer.error ?? ''));
      return;
    }
    decide.receive(open, answer.at, answer.sum);
    if (open.tasks.every((_, at) => open?.sums[at] !== undefined)) finish(open);
    else work();
  };
  const finish = (complete: OpenStep): void => {
    try {
      complete.resolve(decide.add(complete));
    } catch (error) {
      complete.reject(error);
    }
  };
  const stop = (why: typeof reason): void => {
    for (const replica of replicas) decide.release(replica, why);
    replicas = [];
  };

  const engine: Engine = {
    name: 'replicas',
    async begin(given) {
      const restarts = decide.restarts(given, training);
      [run, steps, training, reason] = [decide.nextRun(run), decide.countFrom(steps), given, 'end'];
      if (!restarts) return;
      stop('end');
      await fill();
    },
    async sum({ tasks, readWeights }) {
      const weights = await readWeights();
      steps += 1;
      const sum = new Promise<ShardSum>((resolve, reject) => {
        const waiting = tasks.map((_, at) => at);
        open = { step: steps, tasks, weights, waiting, sums: [], arrived: [], resolve, reject };
      });
      work();
      return sum.finally(() => (open = undefined));
    },
    async end() {
      [training, open] = [undefined, undefined];
      stop(reason);
    },
  };
  return {
    engine,
    kill(victims) {
      const busyFirst = [...replicas].sort((a, b) => Number(b.isBusy) - Number(a.isBusy));
      busyFirst.slice(0, victims).forEach(remove);
      void fill();
    },
    resize(workers) {
      wanted = workers;
      replicas.slice(workers).forEach(remove);
      void fill();
    },
    intercept: (given) => void (relay = given),
    listLeftovers: () => Replica.listAlive(),
    cleanup: () => Replica.stopAll(),
  };
}
