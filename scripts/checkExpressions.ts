/**
 * Writes test/safeExpressions.json: every regular expression of the toolkit, the embedded cloud and the examples that
 * takes no more than linear time, whatever text it is given. Checking them all takes minutes, so that the test checks
 * only what is not in the list yet.
 *
 * node scripts/checkExpressions.ts
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const target = 'test/safeExpressions.json';

/** A regular expression in a file. */
export interface Expression {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** What stands in the file: the literal, or the call that makes the expression. */
  readonly code: string;
  /** The expression as a literal; `undefined` where only the running program knows it. */
  readonly literal: string | undefined;
}

/** Every expression of the toolkit, the embedded cloud and the examples, in the order of the files. */
export function allExpressions(): Expression[] {
  return globSync('{src,local/src,examples}/**/*.ts', { cwd: root })
    .sort()
    .flatMap((file) => expressionsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** The expressions of a file: literals, and what `RegExp` makes of constants of the file. */
export function expressionsOf(file: string, content: string): Expression[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(source);
  const found: Expression[] = [];
  const add = (node: ts.Node, literal: string | undefined): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ file, line, code: node.getText(), literal });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      add(node, node.text);
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText() === 'RegExp'
    ) {
      const [pattern, flags] = (node.arguments ?? []).map((each) => textOf(each, constants));
      const isKnown =
        pattern !== undefined && (node.arguments?.length === 1 || flags !== undefined);
      add(node, isKnown ? String(new RegExp(pattern, flags)) : undefined);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The values of a file's `const` names that are known when it is read. */
function constantsOf(source: ts.SourceFile): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const text = textOf(node.initializer, known);
      if (text !== undefined) {
        known.set(node.name.text, text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return known;
}

/** The text that an expression of the language stands for, if it is made of constants alone. */
function textOf(node: ts.Expression, known: ReadonlyMap<string, string>): string | undefined {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isIdentifier(node)) {
    return known.get(node.text);
  }
  if (!ts.isTemplateExpression(node)) {
    return undefined;
  }
  return node.templateSpans.reduce<string | undefined>((text, span) => {
    const value = textOf(span.expression, known);
    return text === undefined || value === undefined ? undefined : text + value + span.literal.text;
  }, node.head.text);
}

/**
 * Why an expression is not known to take linear time: a text that makes it slow, or that there was not enough time to
 * tell; `undefined` for one that is linear.
 *
 * @param limit - Time to take, in milliseconds.
 */
export function objectionTo(literal: string, limit: number): string | undefined {
  // In this process: the others that the checker would start are not worth it for a few expressions.
  process.env.RECHECK_SYNC_BACKEND = 'pure';
  const end = literal.lastIndexOf('/');
  const verdict = checkSync(literal.slice(1, end), literal.slice(end + 1), {
    timeout: limit,
    // What is slow must not depend on how busy the machine is.
    attackTimeout: null,
    incubationTimeout: null,
  });
  switch (verdict.status) {
    case 'safe':
      return undefined;
    case 'vulnerable':
      return `${verdict.complexity.summary}, as with ${verdict.attack.pattern.slice(0, 200)}`;
    case 'unknown':
      return `not decided within ${limit / 1_000} s (${verdict.error.kind})`;
  }
}

/** The expressions that are known to be linear, as literals. */
export function safeExpressions(): string[] {
  return JSON.parse(readFileSync(join(root, target), 'utf8')) as string[];
}

if (import.meta.main) {
  const literals = new Set(allExpressions().flatMap(({ literal }) => literal ?? []));
  const safe = [...literals].sort().filter((literal) => {
    const objection = objectionTo(literal, 120_000);
    if (objection !== undefined) {
      console.log(`${literal}\n  ${objection}`);
    }
    return objection === undefined;
  });
  writeFileSync(join(root, target), `${JSON.stringify(safe, null, 2)}\n`);
}
