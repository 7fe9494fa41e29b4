import XferMetrics
import XferProtocol
import XferStorage

/// The partial files of the session, from their opening to their release.
extension Intake {
  /// Opens or creates the file of a transfer, which continues after the content of earlier ones if
  /// the options allow it. Returns nil if another process holds the file.
  func open(_ announced: AnnouncedFile, options: ContentOptions) throws -> IncomingFile? {
    try IncomingFile(
      announced.incomingID, size: announced.size, in: context.options.data.incoming,
      of: context.client.key, options: options, through: pipeline, admit: space.check)
  }

  /// Opens or creates the file of a transfer that begins at offset 0. Returns nil if another
  /// process holds the file.
  func startOver(_ announced: AnnouncedFile, options: ContentOptions) throws -> IncomingFile? {
    try IncomingFile.startingOver(
      announced.incomingID, size: announced.size, in: context.options.data.incoming,
      of: context.client.key, options: options, admit: space.check)
  }

  /// Removes a resumed file from the client's share of partial files: all of it, including content
  /// that is not valid any more, because all of it was counted.
  func takeUp(_ file: IncomingFile) {
    if file.found > 0 { context.board.partials.remove(context.client.key, bytes: file.found) }
  }

  /// Releases a file that is not sealed. It is kept to be resumed if the client's share allows it.
  /// A write error is logged here, because no later call reports it.
  func release(_ file: IncomingFile) {
    let isKept = mayKeep(file)
    file.close(keeping: isKept)
    if !isKept {
      context.log.notice("keeps no more partial files of this client, and removed one")
    }
    guard let failure = file.failure else { return }
    context.log.error("could not write a file", metadata: ["error": "\(failure)"])
  }

  private func mayKeep(_ file: IncomingFile) -> Bool {
    let (bytes, limits) = (file.keepable, context.options.partials)
    return bytes == 0
      || context.board.partials.add(context.client.key, bytes: bytes, limits: limits)
  }

  /// Removes the file of a transfer that cannot be resumed.
  func discard(_ announced: AnnouncedFile) {
    try? IncomingFile.discard(announced.incomingID, in: context.options.data.incoming)
  }
}
