import XferMetrics
import XferProtocol
import XferStorage

/// The checks of an announced file. Each throws the refusal that the client receives.
extension Intake {
  /// Refuses new transfers while the receiver shuts down.
  func checkRunning() throws(Refusal) {
    if context.ending.isDraining { throw .shuttingDown }
  }

  /// Refuses the files of a client that may send none, and those after the end of its access.
  func checkRights() throws(Refusal) {
    guard context.rights.maySend else {
      throw Refusal(.notAllowed, "this client may not send files")
    }
    if let end = context.rights.expiry, end <= .now {
      throw Refusal(.notAllowed, "the access of this client has ended")
    }
  }

  /// Returns the name that a client has sent. Throws if it is not a name that is accepted here.
  func name(_ bytes: [UInt8]) throws(Refusal) -> FileName {
    do {
      return context.options.takesAnyName
        ? try FileName(bytes: bytes) : try FileName(printable: bytes)
    } catch {
      throw Refusal(.badName, error.description)
    }
  }

  /// Returns the properties that a file gets: those that the settings keep.
  func kept(_ properties: FileAttributes) -> FileAttributes {
    FileAttributes(
      kind: properties.kind, mode: context.options.keepsModes ? properties.mode : nil,
      modified: context.options.keepsTimes ? properties.modified : nil)
  }

  /// Returns the name below the directory of the client. `name` is as the client sent it.
  func place(_ name: FileName) throws(Refusal) -> FileName {
    guard let prefix = context.rights.prefix else { return name }
    do {
      return try FileName("\(prefix.text)/\(name.text)")
    } catch {
      throw Refusal(.badName, error.description)
    }
  }

  /// Refuses a file that is larger than the settings or the rights of the client allow. `size` is
  /// in bytes.
  func checkSize(_ size: UInt64) throws(Refusal) {
    let largest = min(context.options.largestFile, context.rights.largestFile ?? .max)
    guard size <= largest else {
      throw Refusal(.tooLarge, "\(size) bytes are more than the \(largest) allowed")
    }
  }

  /// Refuses a file if the data directory is not the one that was opened, before its content is
  /// sent in vain. Readiness ends then, until the next probe of the recorder succeeds.
  func checkPlace() throws(Refusal) {
    do {
      try context.options.data.checkPlace()
    } catch {
      if error is UnusableDataDirectory { context.board.set(.directoryUnusable, 1) }
      throw refusal(for: error)
    }
  }

  /// Returns the refusal of a name under which no file can be published now; nil if one can be.
  func obstacle(to announced: AnnouncedFile) throws -> Refusal? {
    try context.options.published.obstacle(to: announced.name, as: announced.properties)
  }
}
