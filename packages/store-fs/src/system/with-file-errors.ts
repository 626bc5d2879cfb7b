import { isKeepfitError } from '@keepfit/callbacks/store';
import { type FailedCall, toFileError } from './file-errors.js';

/** Facts that the errors of some calls tell instead of the default action and path. */
export interface CallFacts {
  /** The action in "could not <action> <path>", also for files that these calls open. */
  readonly action?: string;
  readonly path?: string;
  /** The size of the file that is written; the error names it if the disk is full. */
  readonly byteLength?: number;
}

/** A file system whose calls, and the calls of the files it opens, reject with KeepfitErrors. */
export type WithFileErrors<Fs> = Fs & {
  /** The same file system, with errors that tell these facts. */
  for(facts: CallFacts): WithFileErrors<Fs>;
};

interface OpensFiles<Handle> {
  readonly constants: { readonly O_WRONLY: number; readonly O_RDWR?: number; readonly O_EXCL?: number };
  open(path: string, flags: number, mode?: number): Promise<Handle>;
}

/** The actions that errors name, by operation. The action of `open` depends on its flags. */
const ACTIONS = {
  open: 'open',
  stat: 'look at',
  lstat: 'look at',
  readdir: 'list',
  mkdir: 'make the folder',
  rename: 'rename',
  link: 'link',
  unlink: 'delete',
  readlink: 'follow the symbolic link',
};
const HANDLE_ACTIONS = {
  read: 'read',
  write: 'write',
  truncate: 'cut',
  stat: 'look at',
  sync: 'sync',
  close: 'close',
};
/** Operations that make their second path. */
const MAKES_SECOND = new Set(['rename', 'link']);

/**
 * Wraps a file system so that each failure becomes a KeepfitError: it says what failed on which path and how
 * to fix it, and has the original error as its cause. A KeepfitError of the file system itself passes as it
 * is.
 */
export function withFileErrors<Handle extends object, Fs extends OpensFiles<Handle>>(
  fs: Fs & OpensFiles<Handle>,
  owner: FailedCall['owner'],
  facts: CallFacts = {},
): WithFileErrors<Fs> {
  const calls = explainCalls(fs, ACTIONS, (name, args) => ({
    owner,
    action: name === 'open' ? getOpenAction(fs.constants, Number(args[1])) : ACTIONS[name],
    path: String(MAKES_SECOND.has(name) ? args[1] : args[0]),
    ...facts,
  }));
  return {
    ...calls,
    constants: fs.constants,
    open: async (path: string, flags: number, mode?: number) =>
      explainCalls(await calls.open(path, flags, mode), HANDLE_ACTIONS, (name) => ({
        owner,
        action: HANDLE_ACTIONS[name],
        path,
        ...facts,
      })),
    for: (more: CallFacts) => withFileErrors<Handle, Fs>(fs, owner, { ...facts, ...more }),
  };
}

function getOpenAction(constants: OpensFiles<unknown>['constants'], flags: number): string {
  const { O_WRONLY, O_RDWR = 0, O_EXCL = 0 } = constants;
  if ((flags & O_EXCL) !== 0) return 'make';
  return (flags & (O_WRONLY | O_RDWR)) === 0 ? 'read' : 'open';
}

/** Creates an object with the named methods of the target, whose rejections become KeepfitErrors. */
function explainCalls<Target extends object, Name extends string>(
  target: Target,
  actions: Readonly<Record<Name, string>>,
  describe: (name: Name, args: readonly unknown[]) => FailedCall,
): Target {
  const methods = target as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
  const explained = (Object.keys(actions) as Name[]).map((name) => [
    name,
    async (...args: readonly unknown[]) => {
      try {
        // A method that is missing is a failure too.
        return await Reflect.apply(methods[name] as () => Promise<unknown>, target, args);
      } catch (error) {
        throw isKeepfitError(error) ? error : toFileError(error, describe(name, args));
      }
    },
  ]);
  return Object.fromEntries(explained) as Target;
}
