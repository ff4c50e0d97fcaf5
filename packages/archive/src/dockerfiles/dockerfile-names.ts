import { posix } from 'node:path';

const defaultName = 'Dockerfile';
/** More names than that help nobody. */
const mostNames = 5;

/** The names under which docker looks for a Dockerfile, in order: `dockerfile` is taken where there is no `Dockerfile`. */
export function dockerfileNames(written: string): readonly string[] {
  if (posix.basename(written) !== defaultName) return [written];
  return [written, written.slice(0, -defaultName.length) + defaultName.toLowerCase()];
}

/** Whether a file name looks like that of a Dockerfile: of a copy, of one for a purpose, with a blank at its end. */
export function isLikeDockerfile(name: string): boolean {
  return (
    /^(?:docker|container)[-_. ]?file(?:[-_. ].*)?$|[-_.](?:docker|container)file$/i.test(name) &&
    !/\.dockerignore$/i.test(name)
  );
}

/** A sentence that names what may be meant; empty where nothing looks like it. */
export function suggestNames(names: readonly string[], quote: (name: string) => string): string {
  if (names.length === 0) return '';
  const shown = names
    .toSorted()
    .slice(0, mostNames)
    .map((name) => quote(name));
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `There is ${shown.join(', ')}${more}. `;
}
