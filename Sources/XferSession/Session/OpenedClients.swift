import SystemPackage
import XferIdentity
import XferMetrics
import XferSystem

/// The list of clients, as it was when a session began.
///
/// It is opened before the session enters its sandbox: a rule of Landlock names a file by its
/// inode, so that a list that is replaced just then could not be opened any more. It is also opened
/// before the first byte of the peer is read.
package struct OpenedClients {
  /// The reloads that were counted before the list was opened.
  let reloads: Int64
  /// The open list; nil if there is none. Only the identification of a client throws its error.
  let list: Result<FileDescriptor?, SystemFailure>

  /// Opens the list, and closes the directory, which is the session's own.
  package init(in directory: PrivateDirectory, board: Scoreboard) {
    reloads = board[.reloads]
    list = Result { () throws(SystemFailure) in try directory.open(ClientList.file) }
    directory.close()
  }
}
