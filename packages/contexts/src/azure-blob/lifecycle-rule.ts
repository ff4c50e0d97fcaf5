import { cleanPrefix } from '../bucket/clean-prefix.ts';
import type { AzureBlobStoreOptions } from './azure-blob-options.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** What a killed process leaves is of no use any longer; signed URLs live a week at most. */
const leftDays = 7;

/**
 * Rules by which the account cleans a container of what killed processes leave and of kept contexts, as text for
 * `az storage account management-policy create --account-name ACCOUNT --resource-group GROUP --policy @FILE`. That command replaces the
 * rules an account has.
 *
 * @param keepMs age of kept contexts, as in `UploadOptions`; undefined where none are kept
 */
export function azureBlobLifecycleRule(
  options: Pick<AzureBlobStoreOptions, 'container' | 'prefix'>,
  keepMs?: number,
): string {
  const prefix = cleanPrefix(options.prefix);
  // The container is a part of names here.
  const root = `${options.container}/${prefix === '' ? '' : `${prefix}/`}`;
  const rules = [
    rule('kanikit-runs', `${root}runs/`, leftDays),
    // Blobs in use are renewed in the second half of their time.
    ...(keepMs === undefined
      ? []
      : [rule('kanikit-contexts', `${root}contexts/`, Math.max(1, Math.ceil(keepMs / dayMs)))]),
  ];
  return `${JSON.stringify({ rules }, undefined, 2)}\n`;
}

function rule(name: string, prefix: string, days: number): object {
  return {
    enabled: true,
    name,
    type: 'Lifecycle',
    definition: {
      filters: { blobTypes: ['blockBlob'], prefixMatch: [prefix] },
      actions: {
        baseBlob: { delete: { daysAfterModificationGreaterThan: days } },
        version: { delete: { daysAfterCreationGreaterThan: days } },
      },
    },
  };
}
