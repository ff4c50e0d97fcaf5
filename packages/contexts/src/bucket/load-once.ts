/** What is loaded when first asked for; asked for again after a failure. */
export function loadOnce<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return async () => {
    loading ??= load();
    loading.catch(() => (loading = undefined));
    return await loading;
  };
}
