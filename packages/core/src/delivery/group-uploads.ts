import type { PreparedBuild } from '../model/prepared-build.ts';
import { createUploadGroup, type UploadGroup, type UploadSettings } from './upload-group.ts';

/** Whether a build's context goes through the bucket. */
export function isUploaded({ delivery: { way } }: Pick<PreparedBuild, 'delivery'>): boolean {
  return way === 'signed-url' || way === 'bucket-url';
}

/** The uploads of a run, by build id: builds whose contexts hold the same files, and are delivered alike, share one. */
export function groupUploads(
  builds: readonly PreparedBuild[],
  settings: UploadSettings,
): ReadonlyMap<string, UploadGroup> {
  const uploaded = builds.filter(isUploaded);
  const groups = Map.groupBy(uploaded, (build) => {
    const shareKey = build.context.kind === 'archive' ? build.context.shareKey : undefined;
    return JSON.stringify([build.delivery.way, shareKey ?? null, shareKey === undefined ? build.id : '']);
  });
  const entries = [...groups.values()].flatMap((members) => {
    const way = members[0]?.delivery.way;
    if (way !== 'signed-url' && way !== 'bucket-url') return [];
    const group = createUploadGroup(members, way, settings);
    return members.map((member) => [member.id, group] as const);
  });
  return new Map(entries);
}
