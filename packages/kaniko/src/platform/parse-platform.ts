import { KanikitError } from '@kanikit/spec';
import { withoutCredentials } from '@kanikit/toolkit/text';
import { nearestName } from '@kanikit/toolkit/text';

/** A platform that Kaniko can build for, in the words of Go and Kubernetes. */
export interface Platform {
  readonly os: 'linux';
  readonly architecture: string;
  readonly variant: string | undefined;
}

/** What Go builds for on Linux (`go tool dist list`), with the variants that images name; the first is what images mean without one. */
const variants: Readonly<Record<string, readonly string[]>> = {
  amd64: ['v1', 'v2', 'v3', 'v4'],
  arm64: ['v8', ...subVersions('v8', 9), 'v9', ...subVersions('v9', 5)],
  arm: ['v7', 'v5', 'v6', 'v8'],
  '386': [],
  loong64: [],
  mips: [],
  mips64: [],
  mips64le: [],
  mipsle: [],
  ppc64: [],
  ppc64le: [],
  riscv64: [],
  s390x: [],
};

/** Other words for them, as containerd reads them. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['i386', '386'],
  ['aarch64', 'arm64'],
  ['armhf', 'arm/v7'],
  ['armel', 'arm/v6'],
]);

const otherSystems = [
  'windows',
  'darwin',
  'macos',
  'freebsd',
  'android',
  'wasi',
  'wasip1',
  'js',
  'plan9',
  'solaris',
];

/**
 * Reads `os/arch[/variant]`, or an architecture alone, in every spelling that containerd takes; `local` and the like are refused, since the pod runs on a
 * machine of the cluster. Variants that an architecture has anyway (`arm64/v8`, `amd64/v1`) are left out: indexes name them or do not.
 *
 * Source: `platforms.Parse` and `platforms.Normalize` of containerd.
 *
 * @throws KanikitError `platform-invalid`
 */
export function parsePlatform(text: string): Platform {
  if (text.includes(',')) throw severalPlatforms(text);
  const parts = text.trim().toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => part === '')) throw invalid(text);
  const [first = '', ...rest] = parts;
  const isAlone = rest.length === 0;
  if (otherSystems.includes(first)) throw otherSystem(text, first);
  if (isAlone && first === 'linux') throw invalid(text, 'the architecture is missing');
  const isSystemGiven = first === 'linux' || rest.length > 1;
  // An architecture alone may have its variant behind it: `arm/v7`.
  const [named = '', variant] = isSystemGiven ? rest : parts;
  if (isSystemGiven && first !== 'linux') throw invalid(text);
  return checked(text, named, variant);
}

/** `os/arch[/variant]`, as the executor and registries write it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** The architecture of nodes that run what is built for a platform: Kaniko does not emulate, and 386 is a part of amd64, for which executors exist. */
export function nodeArchitecture({ architecture }: Platform): string {
  return architecture === '386' ? 'amd64' : architecture;
}

function checked(text: string, named: string, givenVariant: string | undefined): Platform {
  const [architecture = '', impliedVariant] = (otherNames.get(named) ?? named).split('/');
  const known = Object.hasOwn(variants, architecture) ? variants[architecture] : undefined;
  if (known === undefined) throw invalid(text);
  const written = givenVariant ?? impliedVariant;
  const variant = written !== undefined && /^\d/.test(written) ? `v${written}` : written;
  if (variant !== undefined && !known.includes(variant)) throw invalid(text);
  const isImplied = variant === known[0] && architecture !== 'arm';
  return { os: 'linux', architecture, variant: isImplied ? undefined : variant };
}

function subVersions(major: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, minor) => `${major}.${minor + 1}`);
}

function suggestion(text: string): string | undefined {
  const full = Object.entries(variants).flatMap(([architecture, names]) => [
    `linux/${architecture}`,
    ...names.map((variant) => `linux/${architecture}/${variant}`),
  ]);
  const words = Object.keys(variants);
  const [, architecture = ''] = /^[^/]*\/(.*)$/.exec(text.toLowerCase()) ?? [];
  if (architecture === '') {
    const word = nearestName(text, words);
    return word === undefined ? undefined : `linux/${word}`;
  }
  // Of `linux/x` six letters are right already: the architecture itself has to be near.
  const base = nearestName(architecture, [...words, ...full.map((name) => name.slice('linux/'.length))]);
  return base === undefined ? undefined : `linux/${base}`;
}

function invalid(text: string, reason = 'it is no platform that Kaniko builds for'): KanikitError {
  const meant = suggestion(text);
  const known = Object.keys(variants).join(', ');
  return new KanikitError({
    code: 'platform-invalid',
    message: `Reading the platform "${withoutCredentials(text)}": ${reason}.`,
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Write linux/ARCH or linux/ARCH/VARIANT; ARCH is one of ${known}.`,
  });
}

function otherSystem(text: string, system: string): KanikitError {
  return new KanikitError({
    code: 'platform-invalid',
    message: `Reading the platform "${withoutCredentials(text)}": Kaniko builds images for Linux only, not for ${system}.`,
    hint: 'Name a platform of Linux, such as linux/amd64.',
  });
}

function severalPlatforms(text: string): KanikitError {
  return new KanikitError({
    code: 'platform-invalid',
    message: `Reading the platform "${withoutCredentials(text)}": it names several, and a build makes an image for one.`,
    hint: 'Build each platform by itself, under a tag of its own; kanikit does not join them into one image yet.',
  });
}
