import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';
import { displayPath, isTestFile, packages } from './workspace-packages.ts';

/** One regular expression of a shipped source file. */
export interface Expression {
  /** `packages/x/src/y.ts:12`. */
  readonly place: string;
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

/** A `RegExp(…)` whose source is computed. */
export interface ComputedExpression {
  readonly place: string;
  readonly path: string;
}

/** All regular expressions in the sources that users run. */
export function collectExpressions(): { literal: Expression[]; computed: ComputedExpression[] } {
  const literal: Expression[] = [];
  const computed: ComputedExpression[] = [];
  for (const file of packages.flatMap(({ sources }) => sources)) {
    if (isTestFile(file)) continue;
    const path = displayPath(file);
    if (path.startsWith('e2e/')) continue;
    const text = readFileSync(file, 'utf8');
    const { program, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
    const placeOf = (offset: number): string => `${path}:${text.slice(0, offset).split('\n').length}`;
    const onCall = (node: { callee: { type: string }; start: number }): void => {
      const { callee } = node;
      if (callee.type === 'Identifier' && 'name' in callee && callee.name === 'RegExp')
        computed.push({ place: placeOf(node.start), path });
    };
    new Visitor({
      Literal(node) {
        if (!('regex' in node)) return;
        const { pattern, flags } = node.regex;
        literal.push({ place: placeOf(node.start), path, source: pattern, flags });
      },
      NewExpression: onCall,
      CallExpression: onCall,
    }).visit(program);
  }
  return { literal, computed };
}
