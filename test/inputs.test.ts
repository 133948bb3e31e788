import { join } from 'node:path';
import * as toolkit from 'rx-llamacloud';
import { watchFolder } from 'rx-llamacloud/watchFolder';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from './support/snippets.ts';
import { compilerOptions } from './support/typeCheck.ts';

/** A parameter of an exported function, as its type declares it. */
interface Parameter {
  readonly name: string;
  readonly kind: 'connection' | 'text' | 'number' | 'function' | 'list' | 'object' | 'other';
  readonly isOptional: boolean;
}

/** What is not of a kind, whatever a function makes of the kind's own values. */
const wrong: Readonly<Record<Parameter['kind'], readonly unknown[]>> = {
  connection: [undefined, null, 0, 'nope', {}, [], () => 1],
  text: [undefined, null, 0, NaN, '', {}, [], () => 1],
  number: ['nope', null, {}, NaN],
  function: [undefined, null, 0, 'nope', {}, []],
  list: [undefined, null, 0, () => 1],
  object: [undefined, null, 0, NaN, '', 'nope', () => 1],
  other: [undefined, null, 0],
};

/** What is good enough to come to the next parameter. */
const fitting: Readonly<Record<Parameter['kind'], unknown>> = {
  connection: toolkit.connect({ token: 'llx-test', baseUrl: 'http://127.0.0.1:9' }),
  text: 'id-1',
  number: 1,
  function: () => 1,
  list: [],
  object: {},
  other: undefined,
};

/** Arguments that may be anything, by the function's name. */
const open: Readonly<Record<string, readonly string[]>> = {
  // What is rounded to, and the weights, which are looked up by place.
  combineScores: ['round', 'weights'],
  // Anything that rxjs makes a stream of.
  chatLoop: ['questions'],
  // A function gives the iterable.
  fromAsyncIterable: ['source'],
};

const functions: Readonly<Record<string, unknown>> = { ...toolkit, watchFolder };

/** The functions that the package exports, each with its parameters in the form that takes most of them. */
function signatures(): [name: string, parameters: Parameter[]][] {
  const files = ['src/index.ts', 'src/folders/watchFolder.ts'].map((file) => join(root, file));
  const program = ts.createProgram(files, compilerOptions());
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    return (module ? checker.getExportsOfModule(module) : []).flatMap(
      (symbol): [string, Parameter[]][] => {
        const target =
          symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const declaration = target.declarations?.findLast(ts.isFunctionDeclaration);
        return declaration
          ? [[symbol.name, declaration.parameters.map((each) => parameterOf(each, checker))]]
          : [];
      },
    );
  });
}

function parameterOf(declaration: ts.ParameterDeclaration, checker: ts.TypeChecker): Parameter {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(declaration));
  const text = checker.typeToString(type);
  const kindOf = (): Parameter['kind'] => {
    if (text === 'Connection') {
      return 'connection';
    }
    if (type.flags & ts.TypeFlags.StringLike) {
      return 'text';
    }
    if (type.flags & ts.TypeFlags.NumberLike) {
      return 'number';
    }
    if (type.getCallSignatures().length > 0) {
      return 'function';
    }
    if (/Iterable|\[\]$|^Observable|ReadableStream/.test(text)) {
      return 'list';
    }
    return type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) ? 'object' : 'other';
  };
  return {
    name: declaration.name.getText(),
    kind: kindOf(),
    isOptional: declaration.initializer !== undefined || declaration.questionToken !== undefined,
  };
}

describe('the inputs of', () => {
  const all = signatures();

  it('all functions are known', () => {
    const exported = Object.entries(functions).flatMap(([name, value]) =>
      typeof value === 'function' && /^[a-z]/.test(name) ? [name] : [],
    );
    expect(all.map(([name]) => name).sort()).toEqual(exported.sort());
  });

  it.each(all)('%s are looked at when it is called', (name, parameters) => {
    const accepted: string[] = [];
    parameters.forEach(({ name: parameter, kind, isOptional }, at) => {
      for (const value of open[name]?.includes(parameter) ? [] : wrong[kind]) {
        if (value === undefined && isOptional) {
          continue;
        }
        const given = parameters.slice(0, at).map((before) => fitting[before.kind]);
        try {
          (functions[name] as (...given: readonly unknown[]) => unknown)(...given, value);
          accepted.push(`${parameter}: ${String(value)}`);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(['TypeError', 'RangeError']).toContain((error as Error).name);
          // In words of ours, and not of the engine.
          expect((error as Error).message).toMatch(/must|cannot|got|no such|is no|looks/);
        }
      }
    });
    expect(accepted).toEqual([]);
  });
});
