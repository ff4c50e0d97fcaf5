import { readFileSync } from 'node:fs';
import { type ObjectExpression, parseSync, Visitor } from 'oxc-parser';
import { expect, it } from 'vitest';
import { displayPath, isTestFile, packages } from './workspace-packages.ts';

/** Says what the kubelet and the runtime of a real cluster say, in their words. */
const roomOfOthersWords = 'sandbox';
/** Rooms in which all objects with a code and a message are for people: errors and warnings. Elsewhere only errors are. */
const roomsWithWarnings: readonly string[] = ['archive', 'contexts'];

it('messages begin with a capital and end with a full stop', () => {
  const wrong = packages.flatMap(({ room, sources }) =>
    sources
      .filter((path) => room !== roomOfOthersWords && !isTestFile(path))
      .flatMap((path) =>
        messagesOf(path, roomsWithWarnings.includes(room))
          .filter((text) => !isSentence(text))
          .map((text) => `${displayPath(path)}: ${text}`),
      ),
  );
  expect(wrong).toEqual([]);
});

/** The texts that are written out as a message; `…` stands for what is put into them. */
function messagesOf(path: string, withWarnings: boolean): readonly string[] {
  const { program } = parseSync(path, readFileSync(path, 'utf8'));
  const texts: string[] = [];
  const see = (object: ObjectExpression): void => {
    const value = valueOf(object, 'message');
    if (value?.type === 'Literal' && typeof value.value === 'string') texts.push(value.value);
    if (value?.type === 'TemplateLiteral')
      texts.push(value.quasis.map((piece) => piece.value.cooked).join('…'));
  };
  new Visitor({
    NewExpression({ callee, arguments: [options] }) {
      const isError = callee.type === 'Identifier' && callee.name === 'KanikitError';
      if (isError && options?.type === 'ObjectExpression') see(options);
    },
    ObjectExpression(object) {
      if (withWarnings && valueOf(object, 'code') !== undefined) see(object);
    },
  }).visit(program);
  return texts;
}

function valueOf({ properties }: ObjectExpression, name: string) {
  const property = properties.find(
    (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === name,
  );
  return property?.type === 'Property' ? property.value : undefined;
}

function isSentence(text: string): boolean {
  return /^[^a-z]/.test(text) && /[.?]$/.test(text);
}
