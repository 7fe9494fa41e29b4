import XferProtocol
import XferSystem

/// The rights of a client: the options of its line in the list of clients. A right that is nil is
/// not limited by the line; the settings of the receiver apply besides.
package struct Rights: Equatable, Sendable {
  /// The directory below which its files are published; nil for all of `files/`.
  package var prefix: FileName?
  /// The networks from which it may connect; nil for all.
  package var networks: [Network]?
  /// The largest file in bytes.
  package var largestFile: UInt64?
  /// The bytes that its delivered files may have in all.
  package var quota: UInt64?
  /// The bytes that it may deliver in 24 hours.
  package var dailyQuota: UInt64?
  /// The connections that it may have at once.
  package var sessions: Int?
  /// The bytes of content that it may send in a second, on all of its connections.
  package var rate: UInt64?
  /// True if it may send files.
  package var maySend = true
  /// The rows of the history that it may read.
  package var reading = HistoryScope.own
  /// The end of its access.
  package var expiry: Timestamp?

  /// Creates the rights of a line without options.
  package init() {}

  /// The rights of a client without an identity: those of a receiver with `--access open`.
  package static var unlimited: Rights {
    var rights = Rights()
    rights.reading = .all
    return rights
  }
}
