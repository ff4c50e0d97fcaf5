import { readNetworkError, withoutNames } from '@kanikit/toolkit/go-errors';

/**
 * What the executor, a registry or a proxy says went wrong, in a form that holds no names: `network interrupted`, `certificate expired`,
 * `proxy refused`, `credentials`, `name`, `answer DENIED -: words of the registry in lower case`; undefined where the text tells of none of them. Names, tags, hosts
 * and addresses can hold any word, so rules never see them.
 */
export function registryCause(text: string): string | undefined {
  const words = withoutTask(text);
  if (isNameRefused(text)) return 'name';
  if (
    /(?:^|: )resolving authorization for \S+ failed: |(?:^|: )error getting credentials - err: /.test(words)
  )
    return networkCause(words) ?? 'credentials';
  const answer = answerOf(words);
  if (answer !== undefined) return answer;
  const network = networkCause(words);
  if (network !== undefined) return network;
  return isTaskOfRegistry(text) ? `answer - -: ${plainWords(words)}` : undefined;
}

const task =
  /^error (?:pushing image: failed to push to destination \S+|checking push permissions(?: -- [^:]*)?(?:: checking push permission for (?:"(?:[^"\\]|\\.)*"|\S+))?): /;

function isTaskOfRegistry(text: string): boolean {
  return task.test(text);
}

/** The text without what was being done, and to what. */
function withoutTask(text: string): string {
  return text.replace(task, '');
}

function isNameRefused(text: string): boolean {
  return /: (?:getting tag for destination|could not parse reference|(?:repository|tag) (?:can only contain|must be between)[^:]*)(?:: |$)/.test(
    text.split('\n', 1)[0] ?? '',
  );
}

function networkCause(words: string): string | undefined {
  const error = readNetworkError(words);
  if (error === undefined) return undefined;
  switch (error.trouble) {
    case 'certificate':
      return `certificate ${error.certificate}`;
    case 'proxy':
      return `proxy ${error.isTemporary ? 'unreachable' : 'refused'}`;
    default:
      return `network ${error.trouble}`;
  }
}

/** go-containerregistry prints `METHOD URL: CODE: message` and `METHOD URL: unexpected status code N Text: body`. */
const request = /(?:^|[ :;])(?:GET|HEAD|POST|PUT|PATCH|DELETE) https?:\/\/\S+?: /;

/** Releases before 1.9 of the executor say it without the request. */
const statusCode = /^un(?:expected|supported) status code (\d{3})\b(?: [A-Z][A-Za-z' -]*)?(?:: |; body: )?/;

function answerOf(text: string): string | undefined {
  const found = request.exec(text);
  if (found === null && !statusCode.test(text)) return undefined;
  const words = text
    .slice(found === null ? 0 : found.index + found[0].length)
    .replace(/^(?:multiple errors returned: )/, '');
  const status = statusCode.exec(words);
  if (status !== null) {
    if (status[1] === '407') return 'proxy refused';
    return `answer - ${status[1]}: ${plainWords(words.slice(status[0].length))}`;
  }
  const [whole = '', code = '-'] = /^([A-Za-z][A-Za-z_]*): /.exec(words) ?? [];
  return `answer ${code.toUpperCase()} -: ${plainWords(words.slice(whole.length))}`;
}

/** Words of a registry without names, and without the details that go-containerregistry prints as a Go map. */
function plainWords(words: string): string {
  return withoutNames(words.slice(0, longestWords).replaceAll(/\[?map\[[^\]]{0,1000}\]+/g, '')).toLowerCase();
}

/** Longer bodies of registries and proxies are pages, which say it at their beginning. */
const longestWords = 4_000;
