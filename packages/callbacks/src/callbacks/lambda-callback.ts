import { Callback } from './callback.js';
import { type CallbackHooks, HOOKS } from '../contract/callback-hooks.js';
import { checkOptions, type OptionRule, type OptionRules } from '../checks/check-options.js';

type Members = Pick<
  CallbackHooks,
  (typeof HOOKS)[number] | 'onBatchBegin' | 'onBatchEnd' | 'getState' | 'setState' | 'batchLogs'
>;

/** Any hooks of a callback; with state, `getState` and `setState` too. */
export type LambdaCallbackOptions = { -readonly [Member in keyof Members]: Members[Member] };

const isFunction: OptionRule = [(value) => typeof value === 'function', 'a function'];

/**
 * A callback made of functions.
 *
 * ```ts
 * new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 * ```
 *
 * A plain object with these functions is a callback too; this class checks the names. It remembers what `getState` returns.
 */
export class LambdaCallback extends Callback implements CallbackHooks {
  readonly name = 'LambdaCallback';

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(hooks: LambdaCallbackOptions) {
    super();
    checkOptions<LambdaCallbackOptions>('LambdaCallback', hooks, rules());
    // Only those given: a hook that is there is called, and a batch-end hook makes batches wait for their logs.
    for (const [member, value] of Object.entries(hooks)) {
      if (value !== undefined) Object.assign(this, { [member]: value });
    }
  }
}

function rules(): OptionRules<LambdaCallbackOptions> {
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
