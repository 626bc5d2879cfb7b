import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Reads the first example of the README, and the packages that the README installs for it. */
export function readmeExample(root) {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];
  const installed = /^npm install (.*@keepfit\/[^#\n]*)/m
    .exec(text.replaceAll(/\\\n\s*/g, ''))?.[1]
    ?.trim()
    .split(/\s+/);
  if (code === undefined || installed === undefined)
    throw new Error('README.md has no example, or no line "npm install @keepfit/…" for it');
  return { code, installed: installed.filter((name) => !name.startsWith('-')) };
}

/** Converts it to CommonJS, which has no await outside functions. */
export function asCommonJs(code) {
  const imports = code.match(/^import [\s\S]*?;$/gm) ?? [];
  const rest = imports.reduce((left, statement) => left.replace(statement, ''), code);
  return transpiled(`${imports.join('\n')}\nvoid (async () => {\n${rest}\n})();\n`, ts.ModuleKind.CommonJS);
}

export function asEsm(code) {
  return transpiled(code, ts.ModuleKind.ESNext);
}

function transpiled(code, module) {
  return ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
}

/**
 * Lists the arguments to npm for these names: the tarballs of our packages and of those they need, because
 * npm does not know them yet, and tfjs in the version of the workspace.
 */
export function installable(names, tarballs, root) {
  const found = new Set();
  const add = (name) => {
    const ours = tarballs.find((tarball) => tarball.name === name);
    if (ours === undefined || found.has(ours)) return;
    found.add(ours);
    for (const dependency of ours.dependencies) add(dependency);
  };
  for (const name of names) add(name);
  const tfjs = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies[
    '@tensorflow/tfjs-core'
  ];
  const others = names.filter((name) => !tarballs.some((tarball) => tarball.name === name));
  return [
    ...[...found].map(({ tarball }) => tarball),
    ...others.map((name) => (name.startsWith('@tensorflow/') ? `${name}@${tfjs}` : name)),
  ];
}
