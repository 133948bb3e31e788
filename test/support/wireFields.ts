import { readdirSync } from 'node:fs';
import ts from 'typescript';

/** JSON of an answer or event. */
type Json = null | boolean | number | string | Json[] | Fields;

/** Fields of a JSON object. */
export interface Fields {
  [field: string]: Json;
}

const folder = new URL('../../src/types/', import.meta.url).pathname;
const program = ts.createProgram(
  readdirSync(folder).map((name) => folder + name),
  { strict: true, noEmit: true, allowImportingTsExtensions: true, lib: ['lib.es2024.d.ts'] },
);
const checker = program.getTypeChecker();

/** The type of this name in `src/types`. */
function typeNamed(name: string): ts.Type {
  for (const file of program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(folder))) {
    for (const statement of file.statements) {
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      if (isType && statement.name.text === name) {
        return checker.getTypeAtLocation(statement.name);
      }
    }
  }
  throw new RangeError(`There is no type ${name} in src/types.`);
}

/** A value of the type with all its fields, each of which holds something. */
function fill(type: ts.Type, depth = 0): Json {
  if (type.isUnion()) {
    const some = type.types.find(
      ({ flags }) => !(flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)),
    );
    return some ? fill(some, depth) : null;
  }
  if (type.isStringLiteral() || type.isNumberLiteral()) {
    return type.value;
  }
  if (type.flags & ts.TypeFlags.NumberLike) {
    return 3;
  }
  if (type.flags & ts.TypeFlags.BooleanLike) {
    return true;
  }
  if (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Unknown)) {
    return 'words';
  }
  if (checker.isArrayType(type)) {
    const [part] = checker.getTypeArguments(type as ts.TypeReference);
    return part ? [fill(part, depth + 1)] : [];
  }
  const object: Fields = {};
  for (const property of depth > 4 ? [] : checker.getPropertiesOfType(type)) {
    object[property.name] = fill(checker.getTypeOfSymbol(property), depth + 1);
  }
  return object;
}

/** A whole value of the type of this name in `src/types`, with some of its fields as given. */
export function wireSample(name: string, given: Fields = {}): Fields {
  return { ...(fill(typeNamed(name)) as Fields), ...given };
}

/** One field of a value, and what stands in its place. */
export interface WireVariant {
  readonly title: string;
  readonly value: Fields;
}

/**
 * The value with each of its fields, at any depth, missing, `null`, and a number where it was a text or a text where it
 * was a number. What tells kinds of values apart, `type`, stays.
 */
export function wireVariants(sample: Fields): WireVariant[] {
  return fieldsOf(sample).flatMap(({ path, value }) => {
    const other = typeof value === 'string' ? [5] : typeof value === 'number' ? ['7', 'x'] : [];
    return [undefined, null, ...other].map((put) => ({
      title: `${path.join('.')}: ${put === undefined ? 'missing' : JSON.stringify(put)}`,
      value: withField(sample, path, put),
    }));
  });
}

function fieldsOf(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: Json }[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, part]) => {
    const here = [...path, name];
    const own = name === 'type' || Array.isArray(value) ? [] : [{ path: here, value: part }];
    return [...own, ...fieldsOf(part, here)];
  });
}

function withField(sample: Fields, path: readonly string[], put: Json | undefined): Fields {
  const copy = structuredClone(sample);
  let holder: Fields = copy;
  for (const name of path.slice(0, -1)) {
    holder = holder[name] as Fields;
  }
  const last = path.at(-1) ?? '';
  if (put === undefined) {
    Reflect.deleteProperty(holder, last);
  } else {
    holder[last] = put;
  }
  return copy;
}
