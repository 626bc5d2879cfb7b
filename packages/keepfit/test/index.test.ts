import * as callbacks from '@keepfit/callbacks';
import * as fit from '@keepfit/fit';
import * as layers from '@keepfit/layers';
import * as optimizers from '@keepfit/optimizers';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as keepfit from '../src/index.js';

const parts = { layers, fit, optimizers, callbacks };

/** The names that each package exports, types too, with the declaration that each name leads to. */
const names = readNames(['keepfit', ...Object.keys(parts)]);

test.each(Object.keys(parts))(
  'exports every value and type of @keepfit/%s, and as the same thing',
  (part) => {
    expect(namesOf(part).size).toBeGreaterThan(5);
    const different = [...namesOf(part)].filter(
      ([name, symbol]) => symbol.declarations === undefined || namesOf('keepfit').get(name) !== symbol,
    );
    expect(different.map(([name]) => name)).toEqual([]);
  },
);

test('exports nothing else', () => {
  const known = new Set(Object.keys(parts).flatMap((part) => [...namesOf(part).keys()]));
  expect([...namesOf('keepfit').keys()].filter((name) => !known.has(name))).toEqual([]);
});

test.each(Object.entries(parts))('its values are those of @keepfit/%s', (_, part) => {
  const own: Readonly<Record<string, unknown>> = keepfit;
  expect(Object.entries(part).filter(([name, value]) => own[name] !== value)).toEqual([]);
});

function namesOf(name: string): ReadonlyMap<string, ts.Symbol> {
  return names.get(name) ?? new Map();
}

/** Reads only the main doors and the files behind them because no other file declares a public name. */
function readNames(packages: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, ts.Symbol>> {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['keepfit:source'],
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      from.endsWith('/src/index.ts')
        ? ts.resolveModuleName(text, from, options, host)
        : { resolvedModule: undefined },
    );
  const files = packages.map((name) => fileURLToPath(new URL(`../../${name}/src/index.ts`, import.meta.url)));
  const program = ts.createProgram(files, options, host);
  const checker = program.getTypeChecker();
  return new Map(
    packages.map((name, index) => {
      const source = program.getSourceFile(files[index] ?? '');
      const module = source && checker.getSymbolAtLocation(source);
      const exported = module === undefined ? [] : checker.getExportsOfModule(module);
      return [name, new Map(exported.map((symbol) => [symbol.name, checker.getAliasedSymbol(symbol)]))];
    }),
  );
}
