/// The identity of a file on its file system. It stays the same when the file is renamed or
/// written.
///
/// The time of creation is part of it because an inode number is used again after its file is
/// removed.
package struct FileIdentity: Hashable, Sendable {
  /// The inode number.
  package let inode: UInt64
  /// The time of creation in nanoseconds since 1970. 0 if the file system does not report it.
  package let born: Int64

  /// Creates an identity, as a row of the history has it.
  package init(inode: UInt64, born: Int64) {
    self.inode = inode
    self.born = born
  }
}
