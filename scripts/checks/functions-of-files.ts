import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gitError } from '../../packages/contexts/src/git/git-errors.ts';
import { parseGitReference } from '../../packages/contexts/src/git/git-reference.ts';
import { createIgnoreMatcher } from '../../packages/archive/src/ignore/ignore-matcher.ts';
import { parseIgnoreFile } from '../../packages/archive/src/ignore/parse-ignore-file.ts';
import { loadConnection } from '../../packages/kubernetes/src/api/connection/load-connection.ts';
import { readAbout } from '../../packages/kubernetes/src/pods/manifests/about-annotations.ts';
import { annotationKeys } from '../../packages/kubernetes/src/pods/layout/labels.ts';
import { findBest } from '../../packages/registries/src/docker-config/match-key.ts';
import { parseDockerConfig } from '../../packages/registries/src/docker-config/parse-config.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicMerge } from '../../packages/spec/src/patch/index.ts';
import { readYaml } from '../../packages/toolkit/src/yaml/read-yaml.ts';
import { many, nested, type ReadingFunction, type Shape } from './reading-function.ts';

/** For what takes long on little. */
const shorter = (shapes: Readonly<Record<string, Shape>>): Readonly<Record<string, Shape>> =>
  Object.fromEntries(Object.entries(shapes).map(([what, write]) => [what, (length) => write(length / 4)]));

const yamlShapes: Readonly<Record<string, Shape>> = {
  'many members': many((index) => `a${index}: b\n`),
  'many items': many((index) => `- ${index}\n`, 'a:\n'),
  'many documents': many((index) => `---\na: ${index}\n`),
  'many anchors': many((index) => `a${index}: &a${index} x\nb${index}: *a${index}\n`),
  'one anchor again and again': many((index) => `b${index}: *a\n`, 'a: &a x\n'),
  'merges of merges': many(
    (index) => `a${index + 1}: &a${index + 1}\n  <<: *a${index}\n  b: c\n`,
    'a0: &a0 {x: y}\n',
  ),
  'deep blocks': (length) => {
    const depth = Math.floor(Math.sqrt(length));
    return Array.from({ length: depth }, (_unused, index) => `${' '.repeat(index)}a:\n`).join('');
  },
  'a long word': (length) => `a: ${'b'.repeat(length)}`,
  'a long quoted text': (length) => `a: "${'b\\n'.repeat(length / 3)}"`,
  blanks: (length) => `a:${' '.repeat(length)}b`,
  'open brackets': (length) => '['.repeat(length),
  'open quotes': (length) => `a: ${'"'.repeat(length / 16)}`,
  'deep lists': nested('[', '1', ']'),
  'deep lists in blocks': nested('- ', '1'),
  'long keys': nested('? ', 'x'),
  'many comments': many((index) => `# ${index}\n`, '', '', 'a: b\n'),
  'one text of many lines': many((index) => `  line ${index}\n`, 'a: |\n'),
  'one folded text': many((index) => `  line ${index}\n\n`, 'a: >\n'),
  'one quoted text of many lines': many((index) => `  line ${index}\\\n`, 'a: "\n', '', '"\n'),
};

const kubeconfig = 'current-context: c1\n';
const lists = (length: number): { name: string; cluster: object; user: object; context: object }[] =>
  Array.from({ length: length / 64 }, (_unused, index) => ({
    name: `c${index}`,
    cluster: { server: 'https://h' },
    user: { token: 't' },
    context: { cluster: `c${index}`, user: `c${index}` },
  }));

const ignoreShapes: Readonly<Record<string, Shape>> = {
  'many rules': many((index) => `a${index}/*\n`),
  'many exceptions': many((index) => `a${index}/*\n!a${index}/b\n`),
  'stars between letters': many(() => '*a'),
  'folders in folders': many(() => '**/'),
  'folders between letters': many(() => '**/a/'),
  'folders and stars': many(() => '**/*/'),
  'stars that are parted': many(() => '*?'),
  classes: many(() => '[a-z]*'),
};
/** Longest path that Linux takes. */
const longestPath = 4_096;
const paths = [`${'a/'.repeat(5)}b`, 'a'.repeat(255), `${`${'ab'.repeat(40)}/`.repeat(4)}c`];

const container = (index: number): string => `{"name":"c${index}","image":"i"}`;
const variable = (index: number): string => `{"name":"V${index}","value":"x"}`;
const pod = (inner: string): string => `{"spec":{"containers":[{"name":"build","env":[${inner}]}]}}`;
const podOf = (text: string): unknown => JSON.parse(text);

/** Readers of configuration, patches, ignore files, and what is told by servers in other forms. */
export const functionsOfFiles: readonly ReadingFunction[] = [
  {
    name: 'readYaml',
    read: readYaml,
    // Its errors take long, which is the library's, and grows no faster than they are many.
    shapes: shorter(yamlShapes),
  },
  {
    name: 'kubeconfig',
    async read(text) {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'kanikit-reading-'));
      try {
        const file = path.join(folder, 'config');
        writeFileSync(file, text);
        await loadConnection({ env: {}, kubeconfig: file });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    shapes: {
      'many entries': (length) => {
        const all = lists(length);
        return JSON.stringify({
          'current-context': all.at(-1)?.name,
          clusters: all.map(({ name, cluster }) => ({ name, cluster })),
          users: all.map(({ name, user }) => ({ name, user })),
          contexts: all.map(({ name, context }) => ({ name, context })),
        });
      },
      'entries in YAML': many(
        (index) => `- name: c${index}\n  cluster: {server: "https://h"}\n`,
        `${kubeconfig}clusters:\n`,
      ),
      'a long address': (length) =>
        `${kubeconfig}contexts: [{name: c1, context: {cluster: c1}}]\nclusters: [{name: c1, cluster: {server: "https://${'/@'.repeat(length / 2)}"}}]\n`,
      'a long certificate': (length) =>
        `${kubeconfig}contexts: [{name: c1, context: {cluster: c1}}]\nclusters: [{name: c1, cluster: {server: h, certificate-authority-data: "${'a= '.repeat(length / 3)}"}}]\n`,
    },
  },
  {
    name: 'docker config',
    read: (text) => findBest(parseDockerConfig(text, 'x').auths, 'h5.example/a'),
    beginnings: ['', '{"auths":{"', '{"auths":{"a":{"auth":"'],
    shapes: {
      'many entries': many((index) => `"h${index}.example":{"auth":"dTpw"}`, '{"auths":{', ',', '}}'),
      'many helpers': many((index) => `"h${index}.example":"a"`, '{"credHelpers":{', ',', '}}'),
      'a long key': (length) => `{"auths":{"h5.example/${'a/'.repeat(length / 2)}":{"auth":"dTpw"}}}`,
      'a long login': (length) => `{"auths":{"a":{"auth":"${'dTpw'.repeat(length / 4)}==="}}}`,
      'deep nesting': nested('{"auths":', '1', '}'),
    },
  },
  {
    name: 'ignore rules',
    read(text) {
      const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from(text)), 'linux');
      for (const one of paths) matcher.explain(one);
    },
    beginnings: [''],
    shapes: shorter(ignoreShapes),
  },
  {
    name: 'names under ignore rules',
    read(text) {
      const rules = parseIgnoreFile(Buffer.from('**/*a*b*c\n*/**/x*\n!a/**/*[a-z]*y\n[^b]*?z\n'));
      createIgnoreMatcher(rules, 'linux').isIgnored(text.slice(0, longestPath));
    },
    beginnings: ['', 'a'],
  },
  {
    name: 'strategic merge',
    read(text) {
      const patched = applyStrategicMerge(podOf(text), podOf(text));
      applyMergePatch(patched, podOf(text));
    },
    shapes: {
      'many variables': (length) => pod(many(variable, '', ',')(length)),
      'many containers': many(container, '{"spec":{"containers":[', ',', ']}}'),
      'many deletions': (length) =>
        pod(many((index) => `{"name":"V${index}","$patch":"delete"}`, '', ',')(length)),
      'many members': many((index) => `"a${index}":"b"`, '{"metadata":{"labels":{', ',', '}}}'),
      'an order': many((index) => `"f${index}"`, '{"$setElementOrder/finalizers":[', ',', ']}'),
      'values of a set': many((index) => `"f${index}"`, '{"finalizers":[', ',', ']}'),
      'keys to keep': many((index) => `"k${index}"`, '{"a":1,"$retainKeys":["a",', ',', ']}'),
      'values to delete': many(
        (index) => `"f${index}"`,
        '{"$deleteFromPrimitiveList/finalizers":[',
        ',',
        ']}',
      ),
    },
  },
  {
    name: 'JSON patch',
    read: (text) => applyJsonPatch({ list: [], members: {} }, JSON.parse(text)),
    shapes: {
      'many items': many(() => '{"op":"add","path":"/list/-","value":1}', '[', ',', ']'),
      'many items in front': many(() => '{"op":"add","path":"/list/0","value":1}', '[', ',', ']'),
      'many members': many((index) => `{"op":"add","path":"/members/${index}","value":1}`, '[', ',', ']'),
      'many tests': many(() => '{"op":"test","path":"/members","value":{}}', '[', ',', ']'),
      'a long path': (length) => `[{"op":"add","path":"${'/a'.repeat(length / 2)}","value":1}]`,
      'a deep value': (length) =>
        `[{"op":"add","path":"/a","value":${nested('{"a":', '1', '}')(length)}},{"op":"test","path":"/a","value":1}]`,
    },
  },
  { name: 'gitError', read: (text) => gitError('x', text), beginnings: ['', 'fatal: ', 'remote: '] },
  {
    name: 'parseGitReference',
    read: (text) => parseGitReference(text, 'https'),
    beginnings: ['git://', 'https://', 'git@', 'https://h/r.git?', 'https://h/r.git#'],
  },
  {
    name: 'annotations of a build',
    read: (text) =>
      readAbout({
        [annotationKeys.name]: text,
        [annotationKeys.outline]: text,
        [annotationKeys.destinations]: text,
      }),
    beginnings: ['', '[["a","b",null,true,[1,"'],
    shapes: { 'many stages': many(() => '["a","b",null,true,[1,"RUN x"]]', '[', ',', ']') },
  },
];
