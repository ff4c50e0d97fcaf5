import { randomUUID } from 'node:crypto';
import type { AzureClient } from './azure-client.ts';
import { azureCode } from './azure-errors.ts';

/**
 * Proves that the container is there and may be written with a write on a condition that nothing meets: rights are looked at before it. Leaves
 * nothing, not even a version or a deleted blob.
 */
export async function proveWritable(
  { service }: AzureClient,
  container: string,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<void> {
  const key = `${prefix === '' ? '' : `${prefix}/`}.kanikit-check-${randomUUID()}`;
  const blob = service.getContainerClient(container).getBlockBlobClient(key);
  try {
    await blob.upload('', 0, { abortSignal, conditions: { ifMatch: '"0x0"' } });
  } catch (error) {
    if (azureCode(error) !== 'ConditionNotMet' && azureCode(error) !== 'BlobNotFound') throw error;
  }
}
