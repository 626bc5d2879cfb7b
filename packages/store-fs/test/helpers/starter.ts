import { type Answer, type Request, type State, StarterRun } from './starter-run.js';

/** Where a starter is. With the answers that led there, that is its whole state. */
export interface Position {
  readonly id: number;
  readonly state: State;
  /** Undefined at its end. */
  readonly request: Request | undefined;
  /** Whether others may act before this request. The other requests belong to the step before. */
  readonly isStop: boolean;
  readonly fault: unknown;
}

interface Node extends Position {
  readonly answers: readonly Answer[];
  readonly next: Map<string, Node>;
  /** Where a pause leads: it is where it was when it had raised its claim, except that it counts its tries. */
  readonly raised: Node | undefined;
  /** A run that waits here; it can be continued once. */
  run: StarterRun | undefined;
}

/** All that `acquireLock` and `release` of one starter can do, found out by running them with every answer. */
export class Starter {
  readonly #pid: number;
  readonly #releases: boolean;
  #count = 0;
  #start: Node | undefined;

  constructor(pid: number, releases: boolean) {
    this.#pid = pid;
    this.#releases = releases;
  }

  async start(): Promise<Position> {
    this.#start ??= await this.#toNode(await StarterRun.start(this.#pid, this.#releases), [], undefined);
    return this.#start;
  }

  /** Continues with the answer to the request. */
  async next(position: Position, answer: Answer): Promise<Position> {
    const node = position as Node;
    const key = JSON.stringify(answer);
    const known = node.next.get(key);
    if (known !== undefined) return known;
    const found = await this.#proceed(node, answer);
    node.next.set(key, found);
    return found;
  }

  async #proceed(node: Node, answer: Answer): Promise<Node> {
    if (node.request?.name === 'pause') {
      if (node.raised === undefined) throw new Error('a starter pauses without a claim');
      return node.raised;
    }
    const run = node.run ?? (await StarterRun.start(this.#pid, this.#releases));
    if (node.run === undefined) for (const earlier of node.answers) await run.proceed(earlier);
    node.run = undefined;
    await run.proceed(answer);
    return this.#toNode(run, [...node.answers, answer], node);
  }

  #toNode(run: StarterRun, answers: readonly Answer[], before: Node | undefined): Node {
    const isRaised = before?.request?.name === 'rename' && before.request.to.endsWith('.claim');
    const { request, state, fault } = run;
    this.#count += 1;
    const node: Node = {
      id: this.#count,
      state,
      request,
      fault,
      isStop: request !== undefined && isVisible(request, before?.request),
      answers,
      next: new Map(),
      get raised() {
        return isRaised ? node : before?.raised;
      },
      run,
    };
    return node;
  }
}

/**
 * All that a starter does with its temp files is one step with the one before. To look at a file and then to
 * read it is one step too.
 */
function isVisible(request: Request, before: Request | undefined): boolean {
  switch (request.name) {
    case 'findProcess':
      return false;
    case 'readdir':
    case 'pause':
    case 'hold':
      return true;
    case 'read':
      return !(before?.name === 'lstat' && before.path === request.path);
    case 'rename':
    case 'link':
      return !request.to.endsWith('.tmp');
    default:
      return !request.path.endsWith('.tmp');
  }
}
