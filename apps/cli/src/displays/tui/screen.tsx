import { Box, Text, useApp, useInput, type Key } from 'ink';
import { memo, type ReactNode, useSyncExternalStore } from 'react';
import type { FrameStore } from './frame-store.ts';

export interface ScreenProps {
  readonly store: FrameStore;
  /** Gets the name of each key. `suspend` hands the terminal back while the callback runs. */
  readonly onKey: (key: string, suspend: (callback: () => Promise<void>) => Promise<void>) => void;
}

/** Draws the rows of the store, and nothing of its own. */
export function Screen({ store, onKey }: ScreenProps): ReactNode {
  const rows = useSyncExternalStore(store.subscribe, store.rows);
  const { suspendTerminal } = useApp();
  useInput((input, key) => {
    const isText = input.length > 1 && !key.ctrl && !key.meta;
    const [first = ''] = input;
    // Held keys may arrive together. Anything else that does is a paste, and no command.
    if (isText && input !== first.repeat(input.length)) return;
    const names = isText ? Array.from(input, () => first) : [keyName(input, key)];
    for (const name of names) onKey(name, suspendTerminal);
  });
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        // Rows have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <Row key={index} text={row} />
      ))}
    </Box>
  );
}

const Row = memo(function Row({ text }: { readonly text: string }): ReactNode {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'return'],
  ['escape', 'escape'],
] as const satisfies readonly (readonly [keyof Key, string])[];

function keyName(input: string, key: Key): string {
  const special = named.find(([property]) => key[property]);
  if (special !== undefined) return special[1];
  if (key.ctrl) return `ctrl-${input}`;
  return input === ' ' ? 'space' : input;
}
