let isSilent = false;

/**
 * Keeps the warnings of Google's library about a machine without a metadata server off standard error, where its own error follows: it calls
 * `process.emitWarning` with this type and has no setting against it.
 */
export function silenceMetadataWarnings(): void {
  if (isSilent) return;
  isSilent = true;
  const emitWarning = process.emitWarning.bind(process) as (...inputs: readonly unknown[]) => void;
  process.emitWarning = (...inputs: readonly unknown[]): void => {
    if (inputs[1] !== 'MetadataLookupWarning') emitWarning(...inputs);
  };
}
