import { type ExecutorRelease, parseSecretIds, secretMounts, supportsFlag } from '@kanikit/kaniko';
import { type DockerfileOutline, KanikitError, type NoticeEvent } from '@kanikit/spec';

/**
 * Compares the secrets that the Dockerfile asks for with those that the build has.
 *
 * @throws KanikitError `secret-missing` for a required one
 */
export function checkSecretMounts(
  outline: DockerfileOutline | undefined,
  given: readonly string[],
  rawArguments: readonly string[],
  executor: ExecutorRelease,
): Omit<NoticeEvent, 'type'>[] {
  if (outline === undefined || !supportsFlag(executor, 'secret')) return [];
  const ids = new Set([...given, ...parseSecretIds(rawArguments, executor)]);
  const mounts = secretMounts(outline);
  const absent = mounts.filter(({ id }) => id !== undefined && !ids.has(id));
  const required = absent.find(({ isRequired }) => isRequired);
  if (required !== undefined) {
    throw new KanikitError({
      code: 'secret-missing',
      message: `Comparing the build secrets: line ${required.line} of the Dockerfile requires the secret ${required.id}, and the build has none of that name.`,
      hint: `Give it with \`secrets: id=${required.id},src=FILE\`.`,
    });
  }
  const notices: Omit<NoticeEvent, 'type'>[] = [
    ...new Map(absent.map((mount) => [mount.id, mount])).values(),
  ].map(({ id, line }) => ({
    level: 'info',
    code: 'secret-absent',
    message: `Line ${line} of the Dockerfile mounts the secret ${id}, which the build does not have: the step runs without it.`,
    hint: `Give it with \`secrets: id=${id},src=FILE\`; required=true in the mount makes its absence an error.`,
  }));
  const isAnyUnclear = mounts.some(({ id }) => id === undefined);
  const used = new Set(mounts.map(({ id }) => id));
  for (const id of isAnyUnclear ? [] : ids) {
    if (used.has(id)) continue;
    notices.push({
      level: 'warning',
      code: 'secret-unused',
      message: `No step of the stages that are built mounts the secret ${id}.`,
      hint: `Write RUN --mount=type=secret,id=${id}, or leave the secret out.`,
    });
  }
  return notices;
}
