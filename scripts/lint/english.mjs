// Counts turns of phrase that native readers stumble over, in the comments, the documents and the messages of
// the packages. Fails, with each place and a suggestion, if one is too frequent. Run: npm run lint
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const reasons =
  'it they a an the no this that what one nobody nothing some there if who without their its another'.split(
    ' ',
  );
const verbs =
  'is was are it comes came they has have needs would makes a the one must can takes follows trains others gives'.split(
    ' ',
  );
const conditions =
  'it there a an the no not this that they none one only nothing all several some supports'.split(' ');

/** Each turn of phrase: how to write instead, and how often it may occur per 10,000 words. */
const turns = [
  {
    name: 'where for a condition',
    words: `[Ww]here (?:${conditions.join('|')})`,
    most: 6,
    suggestion: 'write "if" or "when" for a condition',
  },
  {
    name: 'for as a reason',
    words: `, for (?:${reasons.join('|')})`,
    most: 6,
    suggestion: 'write "because" or "since"',
  },
  { name: 'go on', words: 'go(?:es)? on', most: 6, suggestion: 'write "continue"' },
  { name: 'anew', words: 'anew', most: 6, suggestion: 'write "again" or "from scratch"' },
  { name: 'let go', words: 'let(?:s|ting)? go', most: 6, suggestion: 'write "release"' },
  {
    name: 'of its own',
    words: "of (?:its|their|one's|your|my) own",
    most: 6,
    suggestion: 'write "its own …" or "a separate …"',
  },
  {
    name: 'what-clause',
    words: `what (?:${verbs.join('|')})`,
    most: 15,
    suggestion: 'name the thing instead of "what is …"',
  },
].map((turn) => ({
  ...turn,
  pattern: new RegExp(`(?<!\\w(?=\\w))${turn.words.replaceAll(' ', '\\s+')}\\b`, 'g'),
}));

/**
 * Returns the faults of sources `{ path, text }`: for each kind of prose, the places of each turn of phrase
 * that is too frequent.
 */
export function findUnidiomatic(sources) {
  const prose = sources.flatMap(({ path, text }) =>
    (path.endsWith('.md') ? readDocument(text) : readCode(text)).map((part) => ({ ...part, path, text })),
  );
  return ['comments', 'documents', 'messages'].flatMap((kind) => {
    const parts = prose.filter((part) => part.kind === kind);
    const words = parts.reduce((sum, { content }) => sum + (content.match(/[A-Za-z']+/g) ?? []).length, 0);
    return turns.flatMap((turn) => checkTurn(turn, kind, parts, words));
  });
}

function checkTurn({ name, pattern, most, suggestion }, kind, parts, words) {
  const places = parts.flatMap(({ path, text, at, content }) =>
    [...content.matchAll(pattern)].map((match) => {
      const line = text.slice(0, at + match.index).split('\n').length;
      const around = content.slice(Math.max(0, match.index - 30), match.index + match[0].length + 30);
      return `${path}:${line}: "…${around.replaceAll(/\s+/g, ' ').trim()}…": ${suggestion}`;
    }),
  );
  const rate = (10_000 * places.length) / Math.max(words, 1);
  return rate <= most ? [] : [{ kind, name, rate, most, places }];
}

/** The prose of a Markdown file. Code and addresses become blanks, so that places stay the same. */
function readDocument(text) {
  return [
    {
      kind: 'documents',
      at: 0,
      content: withoutCode(text.replaceAll(/\]\([^)\s]*\)|<!--[^]*?-->/g, toBlanks)),
    },
  ];
}

const token =
  /(?<comment>\/\*[^]*?\*\/|\/\/[^\n]*)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`)|(?<=[=(,:!&|?[]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;

/** The comments of a source file, and the string literals that read like sentences. */
function readCode(text) {
  return [...text.matchAll(token)].flatMap(({ index, groups: { comment, string } }) => {
    if (comment !== undefined) {
      const content = withoutCode(comment.replaceAll(/\n\s*\*(?!\/)/g, toBlanks));
      return [{ kind: 'comments', at: index, content }];
    }
    const content = string?.replaceAll(/\$\{[^{}]*\}/g, toBlanks);
    return content !== undefined && /\w \w+ \w/.test(content)
      ? [{ kind: 'messages', at: index, content }]
      : [];
  });
}

function withoutCode(text) {
  return text.replaceAll(/```[^]*?```|`[^`\n]*`/g, toBlanks);
}

function toBlanks(text) {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** The sources of all packages, their README files, and the documents. */
export function readSources(root) {
  const listFiles = (folder, ending) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true })
          .filter((file) => file.endsWith(ending))
          .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      : [];
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  return [
    ...['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`)],
    ...packages.flatMap((folder) => [`${folder}/README.md`, ...listFiles(`${folder}/src`, '.ts')]),
  ]
    .filter((path) => /\.(md|ts)$/.test(path) && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const faults = findUnidiomatic(readSources(fileURLToPath(new URL('../..', import.meta.url))));
  for (const { kind, name, rate, most, places } of faults) {
    console.error(
      [
        ...places,
        `${kind}: ${name} occurs ${rate.toFixed(1)} times per 10,000 words; at most ${most} is allowed`,
      ].join('\n'),
    );
    console.error('');
  }
  if (faults.length > 0) process.exitCode = 1;
}
