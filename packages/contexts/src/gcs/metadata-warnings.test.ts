import { once } from 'node:events';
import { expect, test } from 'vitest';
import { silenceMetadataWarnings } from './metadata-warnings.ts';

test('warnings of the metadata server are not shown, all others are', async () => {
  silenceMetadataWarnings();
  silenceMetadataWarnings();
  const warned = once(process, 'warning');
  process.emitWarning('received unexpected error', 'MetadataLookupWarning');
  process.emitWarning('something else', 'OtherWarning');
  const [first] = (await warned) as [Error];
  expect(first.name).toBe('OtherWarning');
});
