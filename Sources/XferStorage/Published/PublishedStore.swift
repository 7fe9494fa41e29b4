import XferProtocol
import XferSystem

/// The files that have their names, wherever they are stored. Only the recorder publishes. Sessions
/// ask for obstacles, and verification reads.
package protocol PublishedStore: Sendable {
  /// Returns the refusal of a name under which no file with these properties can be published now;
  /// nil if one can be. A directory may exist already, and a link with the same target.
  func obstacle(to name: FileName, as properties: FileAttributes) throws -> Refusal?

  /// Returns the kind of the file under this name; nil if there is none, or if it is neither a
  /// regular file, a directory nor a link.
  func kind(of name: FileName) throws -> FileAttributes.Kind?

  /// Returns true if a directory or a link with these properties is under this name.
  func has(_ properties: FileAttributes, as name: FileName) throws -> Bool

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
  /// Gives a recorded file its name, and before that its permission bits, if any are given. Throws a
  /// `Refusal` if the name is taken or can never be used, and `BrokenSeal` if the file is not the one
  /// that is held, or has changed.
  func publish(_ held: SealedFiles.Held, as name: FileName, mode: UInt32?) throws

  /// Creates a directory or a link. One that exists already gets the properties. Throws a `Refusal`
  /// if the name is taken by something else or can never be used.
  func make(_ properties: FileAttributes, as name: FileName) throws

  /// Adds the name of a file that was published before, because it may not be synced yet.
  func add(_ name: FileName) throws

  /// Makes all names durable.
  func sync() throws

  /// Releases what publication has opened. Nothing else may be called afterwards.
  func close()
}
