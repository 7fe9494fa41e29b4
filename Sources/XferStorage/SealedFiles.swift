import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// The sealed files in `incoming/`, as the recorder sees them: it makes them durable in groups.
public struct SealedFiles: Sendable {
  /// From this many files on, one sync of the whole file system costs less than one for each.
  private static let group = 8

  private let incoming: Directory

  public init(_ data: DataDirectory) { incoming = data.incoming }

  /// The length of a sealed file; nil where there is none.
  public func size(of id: TransferID) throws -> UInt64? {
    try incoming.status(of: id.description).map { UInt64($0.size) }
  }

  /// Makes the content of these files durable, and the entries of all files in `incoming/`.
  public func sync(_ ids: [TransferID]) throws {
    if ids.count >= SealedFiles.group { return try incoming.syncFileSystem() }
    for id in ids {
      let file = try incoming.openFile(id.description, O_RDONLY)
      defer { try? file.close() }
      try file.syncData()
    }
    try incoming.sync()
  }

  public func discard(_ id: TransferID) throws { try IncomingFile.discard(id, in: incoming) }
}
