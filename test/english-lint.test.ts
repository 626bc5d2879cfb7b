import { expect, test } from 'vitest';

interface Source {
  readonly path: string;
  readonly text: string;
}

interface Fault {
  readonly kind: string;
  readonly name: string;
  readonly rate: number;
  readonly places: readonly string[];
}

const url = new URL('../scripts/lint/english.mjs', import.meta.url).href;
const { findUnidiomatic, readSources } = (await import(url)) as {
  findUnidiomatic(sources: readonly Source[]): Fault[];
  readSources(root: string): Source[];
};

test.each([
  ['Where the store has no locks, two may write.', 'where for a condition', 'write "if" or "when"'],
  ['It is awaited, for a kill may come.', 'for as a reason', 'write "because" or "since"'],
  ['Training goes on.', 'go on', 'write "continue"'],
  ['The training begins anew.', 'anew', 'write "again" or "from scratch"'],
  ['It lets go of the lock.', 'let go', 'write "release"'],
  ['A thread of its own writes.', 'of its own', 'a separate'],
  ['Read what is there.', 'what-clause', 'name the thing'],
])('%j is found in a comment, a document and a message', (sentence, name, suggestion) => {
  const found = findUnidiomatic([
    { path: 'a.ts', text: `const a = 1;\n/** ${sentence} */\n` },
    { path: 'b.md', text: `# B\n\n${sentence}\n` },
    { path: 'c.ts', text: `throw new Error(${JSON.stringify(`This is why: ${sentence}`)});\n` },
  ]);
  expect(found.map((fault) => [fault.kind, fault.name])).toEqual([
    ['comments', name],
    ['documents', name],
    ['messages', name],
  ]);
  const [comment, document, message] = found.flatMap(({ places }) => places);
  expect(comment).toMatch(/^a\.ts:2: /);
  expect(document).toMatch(/^b\.md:3: /);
  expect(message).toMatch(/^c\.ts:1: /);
  for (const place of [comment, document, message]) expect(place).toContain(suggestion);
});

test('a turn of phrase is found across the lines of a comment', () => {
  const [fault] = findUnidiomatic([{ path: 'a.ts', text: '/**\n * The training goes\n * on here.\n */\n' }]);
  expect(fault?.places).toEqual([expect.stringMatching(/^a\.ts:2: .*goes on here/)]);
});

test('a turn of phrase may occur now and then', () => {
  const plain = 'The loop awaits each hook before the next one. '.repeat(200);
  const rare = { path: 'a.md', text: `${plain}Training goes on.` };
  expect(findUnidiomatic([rare])).toEqual([]);
  expect(findUnidiomatic([{ path: 'a.md', text: `${rare.text} Training goes on.` }])).toHaveLength(1);
});

test('code, addresses and names in a document or comment are not read', () => {
  const code = '`what is`\n\n```ts\nconst anew = "what is it";\n```\n\n[a](https://a.example/anew)\n';
  expect(findUnidiomatic([{ path: 'a.md', text: code }])).toEqual([]);
  expect(findUnidiomatic([{ path: 'a.ts', text: "const a = /'/; // `what is`\nimport 'go-on';\n" }])).toEqual(
    [],
  );
});

test('what only ends like a turn of phrase is none', () => {
  expect(
    findUnidiomatic([{ path: 'a.md', text: 'Somewhere the cargo on deck is therefore renewed.' }]),
  ).toEqual([]);
});

test('the sources of all packages and the documents are read', () => {
  const paths = readSources(new URL('..', import.meta.url).pathname).map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/errors.md', 'packages/fit/README.md']),
  );
  expect(paths).toContain('packages/fit/src/loop/fit-loop.ts');
});
