import { basename, resolve } from 'node:path';
import { quoted, shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

const placeholder = '{name}';

/** A context and the images it is pushed to. */
export interface TaggedContext {
  readonly context: string;
  readonly destinations: readonly string[];
}

/**
 * Says which image names belong to which context: with one context all of them; with several either one each, in order, or templates with
 * `{name}` for every context.
 *
 * @throws KanikitError `usage`, showing contexts and names, when it isn't clear
 */
export function assignTags(
  contexts: readonly string[],
  tags: readonly string[],
  isPushed: boolean,
): readonly TaggedContext[] {
  if (tags.length === 0 && isPushed) {
    throw usageError(
      'Nothing says where to push to.',
      'Name the image with -t registry.example.com/team/app:tag, or add --no-push.',
    );
  }
  const assigned = contexts.map((context, position) => ({
    context,
    destinations: tagsOf(context, position, contexts, tags).map((tag) => fill(tag, context)),
  }));
  refuseSharedNames(assigned);
  return assigned;
}

function tagsOf(
  _context: string,
  position: number,
  contexts: readonly string[],
  tags: readonly string[],
): readonly string[] {
  const templates = tags.filter((tag) => tag.includes(placeholder));
  if (contexts.length === 1 || templates.length === tags.length) return tags;
  if (templates.length > 0 || tags.length !== contexts.length)
    throw unclear(contexts, tags, templates.length);
  return tags.slice(position, position + 1);
}

function unclear(contexts: readonly string[], tags: readonly string[], templates: number): Error {
  const reason =
    templates > 0
      ? `some names have ${placeholder} and some have not`
      : `${contexts.length} contexts, but ${tags.length} image name${tags.length === 1 ? '' : 's'}`;
  return usageError(
    `Which image is which is not clear: ${reason}.\ncontexts: ${contexts.map(shown).join(' ')}\nnames: ${tags.map(shown).join(' ')}`,
    `Give one -t for each context in the same order, or only names with ${placeholder}, e.g. -t registry.example.com/${placeholder}:1.0.`,
  );
}

function refuseSharedNames(assigned: readonly TaggedContext[]): void {
  const owners = new Map<string, string>();
  for (const { context, destinations } of assigned) {
    for (const destination of destinations) {
      const owner = owners.get(destination);
      if (owner !== undefined && owner !== context) {
        throw usageError(
          `${shown(owner)} and ${shown(context)} would both be pushed to ${shown(destination)}.`,
          'Give each its own name.',
        );
      }
      if (owner !== undefined)
        throw usageError(`${shown(destination)} is named twice for ${shown(context)}.`);
      owners.set(destination, context);
    }
  }
}

function fill(tag: string, context: string): string {
  if (!tag.includes(placeholder)) return tag;
  const name = contextName(context);
  if (!/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/.test(name)) {
    throw usageError(
      `${placeholder} in -t ${shown(tag)} stands for ${quoted(name)} (of ${shown(context)}), which can't be part of an image name.`,
      'Image names are lower case. Name each image with a -t of its own.',
    );
  }
  return tag.replaceAll(placeholder, name);
}

function contextName(context: string): string {
  if (context === '-') return '-';
  if (!context.includes('://')) return basename(resolve(context)).replace(/\.(?:tar\.gz|tgz|tar)$/, '');
  const [path = ''] = context.split(/[?#]/);
  return basename(path).replace(/\.(?:git|tar\.gz|tgz|tar)$/, '');
}
