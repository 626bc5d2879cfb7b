export interface FileSystemUnderTest {
  readonly name: string;
  /** The size of the image in bytes: about the smallest that mkfs accepts. */
  readonly size: number;
  readonly mkfs: readonly [program: string, ...args: string[]];
  /** The Debian package of mkfs. */
  readonly package: string;
}

const MIB = 2 ** 20;

export const FILE_SYSTEMS: readonly FileSystemUnderTest[] = [
  // Nothing must be initialized in the background: its writes would only make the log longer.
  {
    name: 'ext4',
    size: 64 * MIB,
    mkfs: ['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
    package: 'e2fsprogs',
  },
  { name: 'xfs', size: 304 * MIB, mkfs: ['mkfs.xfs', '-q', '-f'], package: 'xfsprogs' },
  { name: 'btrfs', size: 128 * MIB, mkfs: ['mkfs.btrfs', '-q', '-f'], package: 'btrfs-progs' },
];
