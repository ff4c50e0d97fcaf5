import { KanikitError, type PodLaunch } from '@kanikit/spec';

/** Where one value of the build's secret goes. */
export interface SecretEntry {
  readonly key: string;
  readonly content: string | Uint8Array;
}

export interface FileEntry extends SecretEntry {
  readonly folder: string;
  readonly fileName: string;
}

export interface EnvEntry extends SecretEntry {
  readonly variable: string;
}

/** The build's secret, laid out: a key for each file and each variable. */
export interface SecretLayout {
  readonly files: readonly FileEntry[];
  readonly variables: readonly EnvEntry[];
  /** Variables whose values come later, under keys that are missing until then. */
  readonly lateVariables: readonly Omit<EnvEntry, 'content'>[];
}

/** Gives every secret value of a launch a key. */
export function layOutSecret(launch: PodLaunch): SecretLayout {
  return {
    files: launch.secretFiles.map(({ path, content }, index) => {
      const { folder, fileName } = splitPath(path);
      return { key: `file-${index}.${safe(fileName)}`, content, folder, fileName };
    }),
    variables: Object.entries(launch.secretEnv).map(([variable, content], index) => ({
      key: `env-${index}.${safe(variable)}`,
      content,
      variable,
    })),
    lateVariables: (launch.lateSecretEnv ?? []).map((variable) => ({ key: lateKey(variable), variable })),
  };
}

const latePrefix = 'late.';

/** Key of a variable whose value comes later. */
export function lateKey(variable: string): string {
  return `${latePrefix}${safe(variable)}`;
}

/** Whether the value under a key comes after its secret. */
export function isLateKey(key: string): boolean {
  return key.startsWith(latePrefix);
}

/** True where a launch needs a secret of its own. */
export function needsSecret(launch: PodLaunch): boolean {
  return (
    launch.secretFiles.length > 0 ||
    Object.keys(launch.secretEnv).length > 0 ||
    (launch.lateSecretEnv ?? []).length > 0
  );
}

/** Folder and name of a file. Throws `pod-invalid` for a path that is relative or leaves its folder. */
export function splitPath(path: string): { readonly folder: string; readonly fileName: string } {
  const slash = path.lastIndexOf('/');
  const fileName = path.slice(slash + 1);
  const parts = path.split('/').slice(1);
  if (!path.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new KanikitError({
      code: 'pod-invalid',
      message: `Mounting a secret at "${path}": not the absolute path of a file.`,
    });
  }
  return { folder: slash === 0 ? '/' : path.slice(0, slash), fileName };
}

/** Keys of a secret take letters, digits, `-`, `_` and `.` only, 253 at most. */
function safe(name: string): string {
  return name.replaceAll(/[^-._a-zA-Z0-9]/g, '_').slice(0, 200);
}
