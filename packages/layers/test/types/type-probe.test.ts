// In a separate process because TypeScript fills a heap that would slow down the files after it.
// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { listNames } from '../../../fit/src/find-entry-name.js';
import { getLossNames } from '../../../fit/src/losses/get-loss.js';
import { getMetricNames } from '../../../fit/src/metrics/get-metric.js';
import { getOptimizerNames } from '../../../fit/src/optimizer/get-optimizer.js';
import type { Names } from './type-probe.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folder = fileURLToPath(new URL('.', import.meta.url));
const probe = `${folder}type-probe.ts`;

/** Written beside the probe for TypeScript only. `|` is where the editor is asked what may follow. */
const edited = {
  [`${folder}edited-class.ts`]: `
    import { Callback } from '@keepfit/callbacks';
    export class Mine extends Callback {
      onE|
    }`,
  [`${folder}edited-names.ts`]: `
    import { Trainer, type Model } from '@keepfit/fit';
    declare const model: Model;
    new Trainer(model, { optimizer: '|', loss: 'mse' });`,
  [`${folder}edited-loss.ts`]: `
    import { Trainer, type Model } from '@keepfit/fit';
    declare const model: Model;
    new Trainer(model, { optimizer: 'adam', loss: '|' });`,
};
const scripts = {
  [`${folder}inferred.ts`]: `
    import { Callback } from '@keepfit/callbacks';
    export class Mine extends Callback {
      override onEpochEnd(epoch, logs) { console.log(epoch, logs); }
    }`,
  [`${folder}callback.js`]: `
    import { Callback } from '@keepfit/callbacks';
    export class Mine extends Callback {
      /**
       * @override
       * @param {number} epoch
       * @param {import('@keepfit/callbacks').Logs} logs
       */
      onEpochEnd(epoch, logs) {
        if (logs.loss < epoch) this.model.stopTraining = true;
      }
    }`,
  [`${folder}wrong-callback.js`]: `
    import { Callback } from '@keepfit/callbacks';
    export class Mine extends Callback {
      /**
       * @override
       * @param {string} epoch
       */
      onEpochEnd(epoch) { console.log(epoch); }
    }`,
};
const texts: Record<string, string> = {
  ...scripts,
  ...Object.fromEntries(Object.entries(edited).map(([file, text]) => [file, text.replace('|', '')])),
};

const service = createService();

describe('TypeScript', () => {
  test('takes what is right in the probe, and finds each error that is expected there', () => {
    expect(findErrors(probe)).toEqual([]);
  });

  test('checks the parameters of hooks in JavaScript too', () => {
    expect(findErrors(`${folder}callback.js`)).toEqual([]);
    expect(findErrors(`${folder}wrong-callback.js`)).toEqual([
      expect.stringContaining("Property 'onEpochEnd' in type 'Mine' is not assignable to the same property"),
    ]);
  });

  test('does not infer them, and says so', () => {
    expect(findErrors(`${folder}inferred.ts`)).toEqual([
      "Parameter 'epoch' implicitly has an 'any' type.",
      "Parameter 'logs' implicitly has an 'any' type.",
    ]);
  });
});

describe('the editor offers', () => {
  test('the hooks in a subclass of Callback, with the types of their parameters', () => {
    const offered = complete(`${folder}edited-class.ts`, {
      includeCompletionsWithClassMemberSnippets: true,
      includeCompletionsWithInsertText: true,
    });
    const { insertText = '' } = offered.find(({ name }) => name === 'onEpochEnd') ?? {};
    expect(insertText).toMatch(/^override onEpochEnd\(epoch: number, logs: Logs\): /);
    expect(offered.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['onTrainBegin', 'onTrainBatchEnd', 'onTestEnd', 'onBackup', 'getState']),
    );
  });

  test('the names in camel case, and no other spelling', () => {
    const optimizers = complete(`${folder}edited-names.ts`).map(({ name }) => name);
    expect(optimizers.sort()).toEqual([
      'adadelta',
      'adafactor',
      'adagrad',
      'adam',
      'adamax',
      'adamw',
      'ftrl',
      'lamb',
      'lion',
      'muon',
      'nadam',
      'rmsprop',
      'schedulefreeadamw',
      'sgd',
    ]);
    const losses = complete(`${folder}edited-loss.ts`).map(({ name }) => name);
    expect(losses).toEqual(expect.arrayContaining(['meanSquaredError', 'mse', 'huber']));
    expect(losses.filter((name) => /_|^[A-Z]/.test(name))).toEqual([]);
  });
});

test.each<[kind: keyof Names, understood: string[]]>([
  ['loss', [...listNames(getLossNames()).keys()]],
  ['metric', [...listNames(getMetricNames()).keys(), 'accuracy', 'acc', 'Accuracy', 'ACC']],
  ['optimizer', [...listNames(getOptimizerNames()).keys()]],
])('the type has every name of a %s that is understood, and no other', (kind, understood) => {
  expect(listTypedNames(kind).sort()).toEqual(understood.sort());
});

function createService(): ts.LanguageService {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [probe] }, ts.sys, root);
  const host: ts.LanguageServiceHost = {
    getScriptFileNames: () => [probe, ...Object.keys(texts)],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = readText(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, allowJs: true, checkJs: true }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file in texts || ts.sys.fileExists(file),
    readFile: readText,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
  };
  return ts.createLanguageService(host);
}

function readText(file: string): string | undefined {
  return texts[file] ?? ts.sys.readFile(file);
}

function findErrors(file: string): string[] {
  return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

function complete(file: string, preferences: ts.GetCompletionsAtPositionOptions = {}): ts.CompletionEntry[] {
  const position = edited[file]?.indexOf('|') ?? 0;
  return service.getCompletionsAtPosition(file, position, preferences)?.entries ?? [];
}

/** The members of a union in the probe's `Names`. An unlisted one is the intersection of its name and nothing. */
function listTypedNames(kind: keyof Names): string[] {
  const program = service.getProgram();
  const names = program?.getSourceFile(probe)?.statements.find(ts.isInterfaceDeclaration);
  const member = names?.members.find((each) => each.name?.getText() === kind);
  if (program === undefined || member === undefined) throw new Error(`the probe has no name of a ${kind}`);
  const type = program.getTypeChecker().getTypeAtLocation(member);
  const literals = (type.isUnion() ? type.types : [type])
    .flatMap((part) => (part.isIntersection() ? part.types : [part]))
    .filter((part) => part.isStringLiteral());
  return [...new Set(literals.map(({ value }) => value))];
}
