import { KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { folderOf, isCommit, isRefName } from './git-names.ts';
import { oneOf, parseGitQuery } from './git-query.ts';

/** A Git reference, taken apart. */
export interface GitReference {
  readonly transport: 'https' | 'http' | 'ssh';
  /** For the git program: without user name (but for ssh) and password. */
  readonly url: string;
  /** Behind `://`, as the executor takes it; undefined for ssh. */
  readonly hostAndPath: string | undefined;
  /** What stood in the URL. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Branch, tag, commit or full ref; undefined means the repository's HEAD. */
  readonly ref: string | undefined;
  /** A commit named besides the ref, in the executor's form `#ref#commit`. */
  readonly commit: string | undefined;
  /** Folder behind `:`, as docker has it. */
  readonly subPath: string | undefined;
  /** What the query says of them. */
  readonly submodules: boolean | undefined;
}

const withScheme = /^(?:git|ssh|git\+(?:ssh|https?)):\/\//i;
const webAddress = /^https?:\/\/[^?#]+\.git\/?(?:[?#]|$)/i;
/** `user@host:path`, as BuildKit and git read it. */
const scpLike = /^[\w-]+@[^\s/:@#]+:(?!\/\/)[^#?]/i;
/** Docker's oldest form. It could as well be a directory. */
const bareAddress = /^github\.com\/./;

export function isGitReference(reference: string): boolean {
  return [withScheme, webAddress, scpLike, bareAddress].some((form) => form.test(reference));
}

/**
 * Reads `<url>[?query][#[ref][#commit][:folder]]`. Pure.
 *
 * @param defaultTransport - what `git://` stands for
 * @throws KanikitError `git-reference-invalid`
 */
export function parseGitReference(reference: string, defaultTransport: 'https' | 'http'): GitReference {
  const hash = reference.indexOf('#');
  const whole = hash === -1 ? reference : reference.slice(0, hash);
  const mark = whole.indexOf('?');
  const address = mark === -1 ? whole : whole.slice(0, mark);
  const location = locationOf(address, defaultTransport);
  const written = hash === -1 ? '' : reference.slice(hash + 1);
  // Docker reads all but `user@host:path` as a URL, which may write any character in percent encoding.
  const fragment = parseFragment(scpLike.test(address) ? written : decode(written));
  const query = parseGitQuery(mark === -1 ? '' : whole.slice(mark + 1), invalid);
  const folders = [fragment.subPath, query.subPath].map((path) => (path === undefined ? path : folder(path)));
  const subPath = oneOf(folders, invalid);
  return {
    ...location,
    ...checkedNames(
      oneOf([fragment.ref, query.ref], invalid),
      oneOf([fragment.commit, query.commit], invalid),
    ),
    subPath,
    submodules: query.submodules,
  };
}

function locationOf(address: string, defaultTransport: 'https' | 'http'): Location {
  if (scpLike.test(address)) return parseScp(address);
  return parseUrl(bareAddress.test(address) ? `https://${address}` : address, defaultTransport);
}

/** True for a reference that could be a directory, too: docker takes the directory, if it is there. */
export function mayBeDirectory(reference: string): boolean {
  return bareAddress.test(reference);
}

type Location = Pick<GitReference, 'transport' | 'url' | 'hostAndPath' | 'credentials'>;

function parseScp(address: string): Location {
  if (!/^[\w.+-]+@[\w.[\]-]+:[^\s\p{Cc}]+$/u.test(address) || /^-|@-|:-/.test(address))
    throw invalid('the address is malformed');
  return { transport: 'ssh', url: address, hostAndPath: undefined, credentials: undefined };
}

function parseUrl(address: string, defaultTransport: 'https' | 'http'): Location {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/isu.exec(address) ?? [];
  const name = scheme.toLowerCase().replace(/^git\+/, '');
  const transport = name === 'git' ? defaultTransport : (name as GitReference['transport']);
  // The URL class reads user names and ports only of schemes that it knows.
  const parsed = URL.parse(`${transport === 'ssh' ? 'https' : transport}://${rest}`);
  if (parsed === null || /[\s\p{Cc}]/u.test(rest) || rest.includes('://'))
    throw invalid('the URL is malformed');
  if (parsed.hostname.startsWith('-') || parsed.username.startsWith('-'))
    throw invalid('a name in it begins with a dash');
  if (parsed.pathname.length < 2) throw invalid('it names no repository');
  const at = rest.split('/', 1)[0]?.lastIndexOf('@') ?? -1;
  const hostAndPath = rest.slice(at + 1);
  if (transport === 'ssh') {
    if (parsed.password !== '') throw invalid('ssh takes no password in a URL');
    return { transport, url: `ssh://${rest}`, hostAndPath: undefined, credentials: undefined };
  }
  return {
    transport,
    url: `${transport}://${hostAndPath}`,
    hostAndPath,
    credentials:
      at === -1 ? undefined : { username: decode(parsed.username), password: decode(parsed.password) },
  };
}

function parseFragment(fragment: string): Names & { readonly subPath: string } {
  const colon = fragment.indexOf(':');
  const names = colon === -1 ? fragment : fragment.slice(0, colon);
  const subPath = colon === -1 ? '' : fragment.slice(colon + 1);
  const [ref = '', commit, more] = names.split('#');
  if (more !== undefined) throw invalid('it has more than a ref and a commit behind the #');
  return { ref: ref === '' ? undefined : ref, commit, subPath };
}

/** @throws KanikitError `git-reference-invalid` */
function folder(path: string): string | undefined {
  const found = folderOf(path);
  if (found === undefined) throw invalid('its folder leads out of the repository');
  return found === '' ? undefined : found;
}

type Names = Pick<GitReference, 'ref' | 'commit'>;

function checkedNames(ref: string | undefined, commit: string | undefined): Names {
  if (ref !== undefined) requireRefName(ref);
  if (commit !== undefined && !isCommit(commit))
    throw invalid('the commit besides the ref is no whole commit of 40 or 64 digits');
  return { ref, commit: commit?.toLowerCase() };
}

/** @throws KanikitError `git-reference-invalid` */
export function requireRefName(ref: string): string {
  if (!isRefName(ref)) throw invalid(`${JSON.stringify(ref)} is not the name of a branch, tag or commit`);
  return ref;
}

/** For people: addresses of repositories hold no credentials, but may hold anything else. */
export function describeRepository(url: string): string {
  return JSON.stringify(url);
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The reference is not repeated: it may hold a password in a place where none is looked for. */
function invalid(reason: string): KanikitError {
  return new KanikitError({
    code: 'git-reference-invalid',
    message: asSentence(`Reading the Git reference of the build context: ${reason}`),
    hint: 'Write https://host/path.git, git://host/path or git@host:path.git, with #ref or #ref:folder behind it.',
  });
}
