import { KeepfitError } from '@keepfit/callbacks';
import { addShards, type HostTensor, type ShardSum, type ShardTask } from '@keepfit/fit/engine';
import { deserialize } from 'node:v8';
import type { Answer } from './replica.js';
import { type Decisions, SOUND } from './replica-engine.js';

/** An engine is made for each test, so a defect may keep state. */
type Break = () => Partial<Decisions>;

const BITS = 'bits: with 3 workers and 4 shards, all is as on this thread';

/** The sums of shards in any order, as if they were in the right one. */
function addInOrder(sums: readonly ShardSum[]): ShardSum {
  const [first, ...others] = sums as readonly [ShardSum, ...ShardSum[]];
  return others.reduce(addShards, first);
}

function sortShards<Part extends { readonly shard: number }>(parts: readonly Part[]): Part[] {
  return [...parts].sort((a, b) => a.shard - b.shard);
}

const changeSum =
  (change: (sum: ShardSum) => ShardSum): Break =>
  () => ({ add: (open) => change(SOUND.add(open)) });

/** A sum of this task that has nothing of its rows but their number. */
function createEmptySum({ kind, shard, rows: { size } }: ShardTask): ShardSum {
  const logs = [{ shard, size, loss: 0, means: [], metrics: [], position: 0 }];
  const gradients = kind === 'train' ? Array<undefined>(5).fill(undefined) : [];
  return { gradients, assigned: [], logs, outputs: [] };
}

const NOTHING: ShardSum = { gradients: [], assigned: [], logs: [], outputs: [] };

/** The timers of the engine that leaves some. Clear them after its test. */
export const leftTimers: NodeJS.Timeout[] = [];

/** Engines with one broken rule each, as in real ones, and the test that finds it. */
export const BROKEN: readonly [defect: string, test: string, message: RegExp, change: Break][] = [
  [
    'adds sums in the order in which they come',
    BITS,
    /must be as this thread/,
    () => ({
      add: ({ arrived }) => {
        const sum = addInOrder(arrived);
        return { ...sum, logs: sortShards(sum.logs), outputs: sortShards(sum.outputs) };
      },
    }),
  ],
  [
    'adds sums one after the other instead of by the tree',
    BITS,
    /must be as this thread/,
    () => ({ add: ({ sums }) => addInOrder(sums as ShardSum[]) }),
  ],
  [
    'lists logs in the order in which they come',
    BITS,
    /holds the shards/,
    () => ({ add: (open) => ({ ...SOUND.add(open), logs: addInOrder(open.arrived).logs }) }),
  ],
  [
    'lists outputs in the order in which they come',
    'inference: predict gives the bits of this thread',
    /holds the shards/,
    () => ({ add: (open) => ({ ...SOUND.add(open), outputs: addInOrder(open.arrived).outputs }) }),
  ],
  [
    'drops what the forward pass assigned',
    BITS,
    /must be as this thread/,
    changeSum((sum) => ({ ...sum, assigned: sum.assigned.map(() => undefined) })),
  ],
  [
    'rounds gradients for the way',
    BITS,
    /must be as this thread/,
    changeSum((sum) => ({
      ...sum,
      gradients: sum.gradients.map((values) => values?.map((value) => Math.round(value * 2 ** 20) / 2 ** 20)),
    })),
  ],
  [
    'takes undefined for zeros',
    BITS,
    /must be as this thread/,
    changeSum((sum) => ({ ...sum, gradients: sum.gradients.map((values) => values ?? new Float32Array(2)) })),
  ],
  [
    'draws random numbers by worker',
    BITS,
    /must be as this thread/,
    () => ({
      changeTask: ({ random, ...task }, replica) => ({
        ...task,
        random: { ...random, stream: random.stream + replica },
      }),
    }),
  ],
  [
    'forgets the divisors of a batch',
    BITS,
    /must be as this thread/,
    () => ({ changeTask: (task) => ({ ...task, divisors: [] }) }),
  ],
  [
    'sends weights once only',
    'weights: a step has those that a hook has set before it',
    /must be as this thread/,
    () => {
      let sends = 0;
      return { chooseWeights: ({ weights }) => ((sends += 1) <= 2 ? weights : undefined) };
    },
  ],
  [
    'computes with the weights of the step before',
    BITS,
    /must be as this thread/,
    () => {
      let [now, before]: (readonly HostTensor[])[] = [];
      return {
        chooseWeights({ weights }) {
          if (weights !== now) [now, before] = [weights, now ?? weights];
          return before;
        },
      };
    },
  ],
  [
    'evaluates with the weights of the first evaluation',
    'inference: a validation has the weights of its epoch',
    /must be as this thread/,
    () => {
      let first: readonly HostTensor[] | undefined;
      return {
        chooseWeights({ tasks: [{ kind }], weights }) {
          if (kind === 'train') return weights;
          return (first ??= weights);
        },
      };
    },
  ],
  [
    'does not begin again',
    'weights: those that a hook freezes and thaws are trained as on this thread',
    /gradients for/,
    () => ({ restarts: (_, before) => before === undefined }),
  ],
  [
    'takes a lost shard for zero',
    'kills: a worker that dies in each step changes no bit',
    /must be as this thread/,
    () => ({
      replace(open, at) {
        SOUND.receive(open, at, createEmptySum(open.tasks[at]!));
        if (open.tasks.every((_, place) => open.sums[place] !== undefined)) open.resolve(SOUND.add(open));
      },
    }),
  ],
  [
    'gives up when a worker dies',
    'kills: the only worker that dies in each step changes no bit',
    /a worker is gone/,
    () => ({
      replace: ({ reject }) => reject(new KeepfitError('KEEPFIT_ENGINE_FAILED', 'a worker is gone')),
    }),
  ],
  [
    'counts an answer twice',
    'answers: one that comes twice counts once',
    /must be as this thread/,
    () => ({
      isExpected: ({ run, step }, open, current) => run === current && step === open.step,
      receive(open, at, sum) {
        const before = open.sums[at];
        open.sums[at] = before === undefined ? sum : { ...addShards(before, sum), logs: sum.logs };
      },
    }),
  ],
  [
    'knows answers by their shard only',
    'answers: one of an earlier step is not part of a later one',
    /must be as this thread|holds the shards/,
    () => ({ isExpected: ({ at }, { tasks, sums }) => at in tasks && sums[at] === undefined }),
  ],
  [
    'counts steps from 0 in each fit',
    'answers: one of an earlier fit is not part of the next one',
    /must be as this thread/,
    () => ({ nextRun: () => 1, countFrom: () => 0 }),
  ],
  [
    'checks no checksum',
    'answers: damaged bytes change no bit, or end the fit by an error',
    /must be as this thread|must reject with a KeepfitError/,
    () => ({
      read(bytes) {
        try {
          return deserialize((bytes as Uint8Array).subarray(4)) as Answer;
        } catch {
          return undefined;
        }
      },
    }),
  ],
  [
    'takes an answer that it cannot read for one without numbers',
    'answers: values that are no answers change no bit, or end the fit by an error',
    /must be as this thread/,
    () => ({
      read: (bytes) => SOUND.read(bytes) ?? { run: -1, step: -1, at: 0, sum: NOTHING },
      isExpected: (answer, open, run) =>
        answer.sum === NOTHING ? open.sums[0] === undefined : SOUND.isExpected(answer, open, run),
      receive: (open, at, sum) =>
        SOUND.receive(open, at, sum === NOTHING ? createEmptySum(open.tasks[0]) : sum),
    }),
  ],
  [
    'compares no descriptions',
    'refusal: workers with another model are refused before the first step',
    /must reject with KEEPFIT_INVALID_OPTION/,
    () => ({ isSame: () => true }),
  ],
  ...(['kernels', 'step', 'weights'] as const).map((key): (typeof BROKEN)[number] => [
    `does not compare the ${key} of descriptions`,
    `refusal: workers with ${{ kernels: 'other kernels', step: 'other losses or metrics', weights: 'fewer weights' }[key]} are refused before the first step`,
    /must reject with KEEPFIT_INVALID_OPTION/,
    () => ({
      isSame: (own, wanted) => SOUND.isSame({ ...own, [key]: null }, { ...wanted, [key]: null }),
    }),
  ]),
  [
    'hides the text of an error',
    'errors: one in a worker ends the fit, with its text',
    /has the text of the error/,
    () => ({ explain: () => new KeepfitError('KEEPFIT_ENGINE_FAILED', 'a worker failed') }),
  ],
  [
    'gives errors that are not those of keepfit',
    'errors: one in a worker ends the fit, with its text',
    /must reject with a KeepfitError/,
    () => ({ explain: (text) => new Error(text) }),
  ],
  ...(
    [
      ['end', 'after a fit'],
      ['end', 'after a fit that a hook ends by an error'],
      ['end', 'after an evaluation and a prediction'],
      ['error', 'after an error in a worker'],
      ['refusal', 'after a refused training'],
      ['kill', 'after a fit whose workers were killed'],
    ] as const
  ).map(([reason, when]): (typeof BROKEN)[number] => [
    `leaves workers ${when}`,
    `hygiene: nothing is left ${when}`,
    /must release all that begin made, and left replica/,
    () => ({ release: (replica, why) => (why === reason ? undefined : replica.stop()) }),
  ]),
  [
    'leaves timers',
    'hygiene: nothing is left after a fit',
    /may keep the process alive after end, as Timeout does/,
    () => ({
      nextRun(run) {
        // Several, because a timer of the runner that ends meanwhile would make up for one.
        for (let timer = 0; timer < 5; timer++) leftTimers.push(setInterval(() => undefined, 60_000));
        return run + 1;
      },
    }),
  ],
  [
    'leaves tensors',
    'hygiene: fits leave no tensor on this thread',
    /must leave no tensor/,
    () => ({ release: (replica) => replica.leave() }),
  ],
  [
    'serves one fit only',
    'turns: one engine serves fit, evaluate and predict, one after the other',
    /worn out/,
    () => {
      let runs = 0;
      return {
        nextRun(run) {
          runs += 1;
          if (runs > 1) throw new KeepfitError('KEEPFIT_ENGINE_FAILED', 'the engine is worn out');
          return run + 1;
        },
      };
    },
  ],
];
