// In a separate process because TypeScript fills a heap that would slow down the files after it.
// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import ts from 'typescript';
import { expect, test } from 'vitest';
import { findDocuments, QUICK, testBlocksRun, writeDocuments } from './documents/documents.js';

const documents = findDocuments();

writeDocuments(documents);
testBlocksRun(documents.filter(({ name }) => !QUICK.test(name)));

test('every TypeScript block of the documents has no type error', () => {
  const options: ts.CompilerOptions = {
    ...{
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
    },
    ...{
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      customConditions: ['keepfit:source'],
      types: ['node'],
    },
    ...{
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  };
  const program = ts.createProgram(
    documents.flatMap(({ files }) => [...files]),
    options,
  );
  // The sources that the blocks import are checked by `npm run typecheck`.
  const blocks = documents.flatMap(({ files }) => files.map((file) => program.getSourceFile(file)));
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...blocks.flatMap((block) => [
      ...program.getSyntacticDiagnostics(block),
      ...program.getSemanticDiagnostics(block),
    ]),
  ].map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
  expect(problems).toEqual([]);
});
