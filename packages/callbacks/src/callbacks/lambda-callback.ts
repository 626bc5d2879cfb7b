import { Callback } from './callback.js';
import { type CallbackHooks, HOOKS } from '../contract/callback-hooks.js';
import { checkOptions, type OptionRule, type OptionRules } from '../checks/check-options.js';

type Members = Pick<
  CallbackHooks,
  (typeof HOOKS)[number] | 'onBatchBegin' | 'onBatchEnd' | 'getState' | 'setState' | 'batchLogs'
>;

/**
 * Any hooks of a callback; if it has state, `getState` and `setState` too. In those written as methods,
 * `this.model` is the trainer.
 */
export type LambdaCallbackOptions = {
  readonly [Member in keyof Members]: Members[Member];
} & ThisType<LambdaCallback>;

const isFunction: OptionRule = [(value) => typeof value === 'function', 'a function'];

/**
 * A callback made of functions.
 *
 * ```ts
 * new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 * ```
 *
 * A plain object with these functions is a callback too; this class checks the names. It remembers what
 * `getState` returns.
 */
export class LambdaCallback extends Callback {
  override readonly name = 'LambdaCallback';

  /** @throws KEEPFIT_INVALID_OPTION when a member is unknown or not a function. */
  constructor(hooks: LambdaCallbackOptions) {
    super();
    checkOptions<LambdaCallbackOptions>('LambdaCallback', hooks, createRules());
    // Only the given members: every existing hook is called, and a batch-end hook makes batches wait for
    // their logs.
    for (const [member, value] of Object.entries(hooks)) {
      if (value !== undefined) Object.assign(this, { [member]: value });
    }
  }
}

function createRules(): OptionRules<LambdaCallbackOptions> {
  const functions = [...HOOKS, 'onBatchBegin', 'onBatchEnd', 'getState', 'setState'].map((member) => [
    member,
    isFunction,
  ]);
  const batchLogs: OptionRule = [
    (value) => typeof value === 'boolean' || value === 'latest',
    'true, false or "latest"',
  ];
  return {
    ...(Object.fromEntries(functions) as Omit<OptionRules<LambdaCallbackOptions>, 'batchLogs'>),
    batchLogs,
  };
}
