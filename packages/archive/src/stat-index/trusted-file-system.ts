import { lstat, statfs } from 'node:fs/promises';

/** Kept by the machine's own kernel, with times and inodes that change with the content. Numbers of `statfs(2)`. */
const trusted: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/** What there is to say about a root before its index is used. */
export type IndexGround =
  | { readonly isTrusted: true; readonly device: number }
  | { readonly isTrusted: false; readonly reason: string };

/**
 * Whether stat data on this file system can tell that a file has not changed. On Linux those that are known to are; network file systems
 * keep times by another clock.
 */
export async function examineFileSystem(root: string): Promise<IndexGround> {
  if (process.platform === 'win32')
    return { isTrusted: false, reason: 'Windows has no time of the last change' };
  const { dev, ino } = await lstat(root);
  if (ino === 0) return { isTrusted: false, reason: 'the file system gives its files no numbers' };
  if (process.platform === 'linux') {
    const { type } = await statfs(root);
    if (!trusted.has(type)) {
      return {
        isTrusted: false,
        reason: `the file system (type 0x${type.toString(16)}) is not a local one that is known`,
      };
    }
  }
  return { isTrusted: true, device: dev };
}
