import { unusableLinkError } from '../tree/check-symlink.ts';
import { joinedEntryPath, normalEntryPath } from './entry-path.ts';
import type { WalkedEntry } from './tar-walker.ts';

/** Finds symlinks of an archive that lead to themselves, by way of each other or not: the executor loses files behind such a link. */
export interface LinkCircles {
  see(entry: WalkedEntry): void;
  /** @throws KanikitError `context-link-circular` */
  check(): void;
}

/** Remembers relative links only: an absolute one means another place in the image. */
export function createLinkCircles(): LinkCircles {
  const targets = new Map<string, { readonly to: string; readonly linkpath: string }>();
  return {
    see({ type, path, linkpath }) {
      const from = normalEntryPath(path);
      if (type !== 'SymbolicLink' || linkpath.startsWith('/')) targets.delete(from);
      else targets.set(from, { to: joinedEntryPath(from, linkpath), linkpath });
    },
    check() {
      const harmless = new Set<string>();
      for (const [start, { linkpath }] of targets) {
        const passed = new Set<string>();
        let at: string | undefined = start;
        while (at !== undefined && !harmless.has(at)) {
          if (passed.has(at)) throw unusableLinkError(start, linkpath, 'leads in a circle');
          passed.add(at);
          at = targets.get(at)?.to;
        }
        for (const path of passed) harmless.add(path);
      }
    },
  };
}
