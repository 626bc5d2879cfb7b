import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/**
 * Makes each function count its calls, as coverage tools do: by a counter that only its own module has.
 */
export const countFunctions: Plugin = {
  name: 'count-functions',
  setup: (build) => {
    build.onLoad({ filter: /store-fs[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const { outputText } = ts.transpileModule(await readFile(path, 'utf8'), {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
        transformers: { before: [addCounters] },
      });
      const counter = 'function cov_1() { return (globalThis.__coverage__ ??= { calls: 0 }); }';
      return { contents: `${outputText}\n${counter}`, loader: 'js' };
    });
  },
};

const addCounters: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;
  const [count] = ts.createSourceFile('', 'cov_1().calls++;', ts.ScriptTarget.ES2022).statements;
  const visit = (node: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(node, visit, context);
    return ts.isBlock(visited) && ts.isFunctionLike(node.parent)
      ? factory.updateBlock(visited, [count!, ...visited.statements])
      : visited;
  };
  return ts.visitEachChild(file, visit, context);
};
