/** What bytes are that are no tar, and what to do about it. */
export interface NoTar {
  /** As in `it is …`. */
  readonly what: string;
  readonly hint: string;
}

const page =
  'If it is the page of a repository, add .git to the address: https://host/path.git. Otherwise name the archive itself; a page in its place is often a log-in.';
const answer =
  'Where it came from a server, that answered with an error in place of the archive: read what it says, and check address and credentials.';
const unpack = 'Unpack it and build from the directory.';
const whole = 'Give a tar file, plain or compressed with gzip or zstd, or a directory.';

/** By the first bytes; the first that fits counts. */
const kinds: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [/^$/, 'empty', whole],
  [/^PK(?:\u0003\u0004|\u0005\u0006)/, 'a zip archive', unpack],
  [/^7z\u00bc\u00af/, 'a 7z archive', unpack],
  [/^Rar!/, 'a rar archive', unpack],
  [/^\u001f\u009d/, 'compressed with compress', piped('gzip')],
  [/^BZh/, 'compressed with bzip2', piped('bzip2')],
  [/^\u00fd7zXZ/, 'compressed with xz', piped('xz')],
  [/^\u0004"M\u0018/, 'compressed with lz4', piped('lz4')],
  [/^LZIP/, 'compressed with lzip', piped('lzip')],
  [
    /^version https:\/\/git-lfs\.github\.com\//,
    'the pointer of a file in Git LFS, not a tar archive',
    'Fetch the file itself: git lfs pull.',
  ],
  [/^[^<]{0,3}\s{0,20}<(?:!doctype html|html|head|!-- )/i, 'a web page, not a tar archive', page],
  [/^(?:\u00ef\u00bb\u00bf)?\s{0,20}<[?\w]/, 'XML, not a tar archive', answer],
  [/^\s{0,20}(?:\{\s{0,20}["}]|\[\s{0,20}["{\]])/, 'JSON, not a tar archive', answer],
  [/^[\t\n\r\u0020-\u007e]+$/, 'text, not a tar archive', answer],
];

/** @param head - the first bytes, of which only the beginning counts */
export function describeNoTar(head: Buffer): NoTar {
  const start = head.toString('latin1', 0, probedBytes);
  const [, what, hint] = kinds.find(([pattern]) => pattern.test(start)) ?? [];
  return { what: what ?? 'not a tar archive', hint: hint ?? whole };
}

const probedBytes = 128;

function piped(program: string): string {
  return `Only gzip and zstd are undone here: pipe it in, as in "${program} -dc FILE | kanikit build -", or make it anew with gzip.`;
}
