import { maskText } from './needles.ts';

/** Most texts hold none of these, and no `@` behind a scheme, and are not looked at further. */
const suspicious =
  /auth|token|secret|passw|signature|sig(?:=|%3d)|credential|accesskey|accessid|basic|bearer|cookie|gh[opusr]_|github_pat_|gl[a-z]{2,5}-|dckr_|xox[a-z]-|ya29|npm_|pypi-|account_?key|api_?key|eyJ|curl|wget/i;

/** No credential is longer. A loop without an end fills the stack of the regular expression on a line of megabytes, which throws. */
const longest = 65_536;

/** Where a value in a URL ends. */
const valueEnd = String.raw`&\s"'\\<>#`;

/** Parameters of a query that grant access, also where the query itself is percent-encoded or stands in JSON, where Go writes & as \u0026. */
const parameters = new RegExp(
  String.raw`((?:[?&;#]|\\u0026|&amp;|%26|%3f)(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|awsaccesskeyid|googleaccessid|(?:access_|refresh_|id_|private_|job_|auth_)?token|api_?key|(?:client_)?secret|password|accountkey|sharedaccesskey)(?:=|%3d))(?:(?!%26)[^${valueEnd}]){1,${longest}}`,
  'gi',
);

/** What follows the scheme of a URL, up to its first slash: user and password are in front of the last @. */
const authorities = /(:(?:\\{0,2}\/){1,3}|%3a%2f%2f)([^/\s"'<>?#\\]{1,65536})/gi;

/** A version of a package, which is what a manifest has where others have a credential. */
const version = String.raw`[~^<>=v\s]{0,3}\d{1,9}(?:\.(?:\d{1,9}|[x*])){1,3}(?:[-+][\w.-]{1,40})?[\s"'\\,]`;

/**
 * Members of JSON objects, also where the object stands as a text in another. A value ends at a quote with as many backslashes as the one that it
 * begins with.
 */
const members = new RegExp(
  String.raw`(\\{0,7}"(?:auth|(?:\w{0,30}_|access|refresh|id|identity|registry|private|job|auth|session)?token|(?:client_?|access_?key_?)?secret|(?:aws_)?secret_?access_?key|account_?key|private_?key|password)(\\{0,7})"\s{0,3}:\s{0,3}\2")(?!${version})(?:[^"\\]|\\+[^"\\]|(?!\2")\\+"){1,${longest}}`,
  'gi',
);

/** Between the name of a header and its value, also in JSON. */
const headerGap = String.raw`\\{0,3}["']?\s{0,3}(?:[:=]>?|%3a)\s{0,3}(?:%20)?(?:\[|\\{0,3}["']){0,2}`;

/** Headers that carry nothing but a credential, in one word. */
const headers = new RegExp(
  String.raw`\b((?:x-amz-security|private|job|deploy|x-auth|x-gitlab|x-vault|x-goog-iam-authorization|x-consul)-token|x-registry-auth|x-api-key)(${headerGap})([^"'\\\]\s]{1,${longest}})([ \t]{1,9}[a-z])?`,
  'gi',
);

/** Cookies are pairs of name and value. */
const cookies = new RegExp(
  String.raw`\b((?:set-)?cookie${headerGap})([\w!#$%&*+.^|~-]{1,200}=[^"'\\\]\r\n]{0,${longest}})`,
  'gi',
);

/** Authorization headers: a scheme and what it takes, or a bare token. */
const authorizations = new RegExp(
  String.raw`\b(authorization${headerGap})(?:(aws4-[\w-]{1,40}|digest)([ \t]{1,9})([^\r\n]{1,${longest}})|(?:([a-z][a-z0-9-]{1,40})([ \t]{1,9}|%20|\+))?([^"'\\\]\s]{1,${longest}})([ \t]{1,9}[a-z])?)`,
  'gi',
);

/** Settings of npm, where they have a value and do not name a variable. */
const npmSettings =
  /((?:\b|:)_(?:authToken|auth|password)\s{0,3}=\s{0,3}["']?)([^\s"'$\\][^\s"'\\]{0,65536})/g;

/** A password with a slash, `?` or `#` in it, in which an address would end: what follows the first colon is no port. */
const brokenAuthorities =
  /(:\/\/)([^\s/@:?#"'<>\\[\]$]{1,256}:(?!\d{1,5}(?:[/?#\s"']|$))[^\s/@?#"'<>\\${]{0,256}[/?#][^\s"'<>\\]{0,256})@/g;

/** What `curl` and `wget` take as user and password. */
const programs = /\b(?:curl|wget)(?:\.exe)?\b/i;
const users =
  /((?:^|[\s"'])(?:-[a-z]{0,8}[uU]|--user|--proxy-user)(?:\s{1,3}|=)?["']?)(?!\$)([^\s"':=-][^\s"':]{0,255}):(?!\$)[^\s"']{1,65536}/g;
const passwords = /((?:^|[\s"'])--(?:[a-z]{1,10}-)?password(?:\s{1,3}|=)["']?)(?![\s$-])[^\s"']{1,65536}/gi;

/** What follows the scheme in an Authorization header. */
const schemes = /\b(basic|bearer)(\s{1,3}|%20)([a-z0-9._~+/=-]{8,65536})/gi;

/** Tokens whose beginning says whose they are; what is in front of them in the same word stays. */
const words = /[A-Za-z0-9_.-]{20,65536}/g;
const tokens =
  /(?:(?<![A-Za-z0-9])(?:gh[opusr]_[A-Za-z0-9]{30}|github_pat_\w{30}|gl(?:pat|ptt|dt|rt|cbt|oas|soat|agent)-[\w-]{16}|dckr_[op]at_[\w-]{16}|xox[abeprs]-[\w-]{16}|ya29\.[\w-]{16}|npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])|pypi-AgEI[\w-]{16})|^eyJ[\w-]{1,4000}\.eyJ)[^]*/;

/** Hides what grants access by its form: in URLs, headers and JSON, and tokens by their beginning. For texts whose secrets nobody knows. */
export function hideByForm(text: string): string {
  const hasLogin = text.includes('@') || text.includes('%40');
  const shown = hasLogin ? hideLogins(text) : text;
  return suspicious.test(shown) ? hideCredentials(shown) : shown;
}

function hideLogins(text: string): string {
  const shown = text.replace(authorities, withoutLogin);
  return shown.includes('://') ? shown.replace(brokenAuthorities, `$1${maskText}@`) : shown;
}

function hideCredentials(text: string): string {
  let shown = text;
  if (/=|%3d/i.test(shown)) shown = shown.replace(parameters, `$1${maskText}`);
  if (shown.includes('"')) shown = shown.replace(members, `$1${maskText}`);
  if (/[:=]|%3a/i.test(shown)) {
    shown = shown
      .replace(headers, hideHeader)
      .replace(cookies, `$1${maskText}`)
      .replace(authorizations, hideAuthorization)
      .replace(npmSettings, `$1${maskText}`);
  }
  if (programs.test(shown))
    shown = shown.replace(users, `$1$2:${maskText}`).replace(passwords, `$1${maskText}`);
  return shown.replace(schemes, hideScheme).replace(words, hideToken);
}

function withoutLogin(whole: string, start: string, authority: string, offset: number, text: string): string {
  const at = authority.lastIndexOf('@');
  const encoded = start.startsWith('%') ? authority.toLowerCase().lastIndexOf('%40') : -1;
  const end = Math.max(at, encoded);
  // `image@sha256:…` behind a scheme is a reference with its digest.
  if (end === -1 || /^@sha\d+:/.test(authority.slice(end))) return whole;
  // `ssh://git@host`: a key logs in, and the name of the user is none.
  const scheme = text.slice(Math.max(0, offset - 4), offset);
  if (/(?:ssh|sftp)$/i.test(scheme) && !/[:@%]/.test(authority.slice(0, end))) return whole;
  return start + maskText + authority.slice(end);
}

/** Prose has these words, too: "basic authentication", "Bearer realm". */
function hideScheme(whole: string, scheme: string, gap: string, value: string): string {
  const isCredential =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(value, 'base64').includes(':')
      : value.length >= 16 && /[\d._]/.test(value);
  return isCredential ? scheme + gap + maskText : whole;
}

/** Prose names these headers, too: "X-Api-Key: is missing". */
function hideHeader(whole: string, name: string, gap: string, value: string, following?: string): string {
  const isProse = following !== undefined && /^[a-z]+$/i.test(value);
  return isProse ? whole : name + gap + maskText + (following ?? '');
}

function hideAuthorization(
  whole: string,
  name: string,
  longScheme: string | undefined,
  longGap: string | undefined,
  _fields: string | undefined,
  scheme: string | undefined,
  gap: string | undefined,
  value: string | undefined,
  following: string | undefined,
): string {
  if (longScheme !== undefined) return name + longScheme + longGap + maskText;
  // Prose: "authorization: token is missing", "Authorization: none".
  const isProse = /^[a-z]+[.,;:!?]?$/i.test(value ?? '') && (scheme === undefined || following !== undefined);
  if (value === undefined || isProse || value.startsWith('$') || value.startsWith(maskText)) return whole;
  return name + (scheme ?? '') + (gap ?? '') + maskText + (following ?? '');
}

function hideToken(word: string): string {
  return word.replace(tokens, maskText);
}
