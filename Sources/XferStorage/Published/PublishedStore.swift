import XferProtocol
import XferSystem

/// The files that have their names, wherever they are stored. Only the recorder publishes. Sessions
/// ask for obstacles, and verification reads.
package protocol PublishedStore: Sendable {
  /// Returns the refusal of a name under which no file can be published now; nil if one can be.
  func obstacle(to name: FileName) throws -> Refusal?

  /// Returns the length of the file under this name in bytes; nil if there is no regular file.
  func size(of name: FileName) throws -> UInt64?

  /// Returns the SHA-256 of the file under this name as it is now; nil if there is no such file.
  func digest(of name: FileName) throws -> Digest?

  /// Returns the identity of the file under this name; nil if there is none. It is the identity
  /// that the file had before it was published.
  func identity(of name: FileName) throws -> FileIdentity?

  /// Returns the time at which the file got this name; nil if there is no such file.
  func moment(of name: FileName) throws -> Timestamp?

  /// Removes a file that was found to be incomplete before a receipt for it was sent.
  func remove(_ name: FileName) throws

  /// Begins to publish files. Each group has names of its own.
  func newNames() -> any NewNames
}

/// The names that the files of one group get. They survive a crash after `sync`.
package protocol NewNames: AnyObject {
  /// Gives a recorded file its name. Throws a `Refusal` if the name is taken or can never be used,
  /// and `BrokenSeal` if the file is not the one that is held, or has changed.
  func publish(_ held: SealedFiles.Held, as name: FileName) throws

  /// Adds the name of a file that was published before, because it may not be synced yet.
  func add(_ name: FileName) throws

  /// Makes all names durable.
  func sync() throws

  /// Releases what publication has opened. Nothing else may be called afterwards.
  func close()
}
