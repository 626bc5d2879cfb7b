import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { natsServerPath, startNatsServer } from '../../../packages/engine-nats/test/helpers/nats-server.js';
import { programFile } from '../../../test/programs/program-file.js';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'keepfit-jobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runIn = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  promisify(execFile)(command, args, { cwd: folder, env: { ...process.env, ...env } });
const findResult = (output: string): string => /^result .*$/m.exec(output)?.[0] ?? output;

let whole = '';
beforeAll(async () => {
  const program = pathToFileURL(programFile('examples/schedulers/src/train.ts')).href;
  writeFileSync(join(folder, 'train.mjs'), `await import(${JSON.stringify(program)});\n`);
  whole = findResult((await runIn('node', ['train.mjs'], { BACKUP: 'runs/whole' })).stdout);
});

/** Starts a program as process 1 of new processes, as in a container. */
const UNSHARE = ['--pid', '--fork', '--kill-child', '--user', '--map-root-user'];
const hasUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
if (!hasUnshare) console.warn('unshare is not allowed here: the test of process 1 is left out.');

test.skipIf(!hasUnshare)(
  'the command of the Dockerfile gets SIGTERM as process 1, and ends with a backup',
  async () => {
    const command = JSON.parse(/^CMD (.*)$/m.exec(read('Dockerfile'))?.[1] ?? '') as string[];
    const env = { BACKUP: 'runs/container', PAUSE: '20' };
    const container = spawn('unshare', [...UNSHARE, ...command], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    container.stderr.on('data', (chunk: Buffer) => void (complaints += String(chunk)));
    const closed = once(container, 'close');
    for await (const line of createInterface(container.stdout)) {
      if (!line.startsWith('pauses')) continue;
      const children = readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8');
      process.kill(Number(children), 'SIGTERM');
    }
    expect(await closed).toEqual([1, null]);
    expect(complaints).toContain('KEEPFIT_INTERRUPTED');
    const { stdout } = await runIn('node', ['train.mjs'], env);
    expect(stdout).toContain('first step 21\n');
    expect(findResult(stdout)).toBe(whole);
  },
);

test('the steps of the workflow, run one job after the other, complete the training', async () => {
  const { jobs } = parse(read('github/train.yml')) as Workflow;
  const runStep = ({ run }: Step, job: Job, env: NodeJS.ProcessEnv) =>
    runIn('bash', ['-e', '-c', run ?? ''], { ...job.env, ...env });
  const isOurs = ({ run }: Step): boolean => run !== undefined && run !== 'npm ci';
  const outputs: string[] = [];
  for (const _ of jobs.part.strategy?.matrix['part'] ?? []) {
    for (const step of jobs.part.steps.filter(isOurs))
      outputs.push((await runStep(step, jobs.part, { LIMIT: '5s', PAUSE: '20' })).stdout);
  }
  expect(outputs).toHaveLength(4);
  // The first one pauses until its time is up.
  expect(outputs[0]).not.toContain('result');
  expect(outputs.map(findResult)).toContain(whole);
  for (const step of jobs.result.steps.filter(isOurs))
    expect((await runStep(step, jobs.result, {})).stdout).not.toContain('first step');
});

test.skipIf(natsServerPath === undefined)(
  'the coordinator and a worker, started as in their manifests, give the result of the program alone',
  async () => {
    const server = await startNatsServer();
    const [, , ...args] = readContainer('kubernetes/workers.yaml').command;
    const ofServer = args.map((arg) => (arg.startsWith('nats:') ? server.url : arg));
    const worker = spawn(process.execPath, [programFile('packages/keepfit/src/main.ts'), ...ofServer], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { command, env = [] } = readContainer('kubernetes/coordinator.yaml');
    const names = env.map(({ name, value }) => [name, value] as const);
    const given = { ...Object.fromEntries(names), NATS_URL: server.url, BACKUP: 'runs/shared' };
    const [program = '', ...files] = command;
    try {
      expect(names.map(([name]) => name)).toContain('NATS_URL');
      // In a folder instead of the bucket.
      const { stdout } = await runIn(program, files, { ...given, BUCKET: undefined });
      expect(findResult(stdout)).toBe(whole);
    } finally {
      worker.kill('SIGTERM');
      await once(worker, 'exit');
      await server.stop();
    }
    // It has served until it was asked to end.
    expect(worker.exitCode).toBe(0);
  },
);

function readContainer(file: string): Container {
  const { spec } = parse(read(file)) as PodOwner;
  const [container] = spec.template.spec.containers;
  return container;
}

interface Container {
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

interface PodOwner {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [Container] } } };
}

interface Step {
  readonly run?: string;
}

interface Job {
  readonly env: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly jobs: { readonly part: Job; readonly result: Job };
}
