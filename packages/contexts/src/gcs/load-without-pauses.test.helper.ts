import { loadGcs } from './gcs-client.ts';

/** Google's client as it is, but for the pauses before it sends a request again. */
export const loadWithoutPauses: typeof loadGcs = async (options, clock) =>
  await loadGcs(options, clock, async () => {});
