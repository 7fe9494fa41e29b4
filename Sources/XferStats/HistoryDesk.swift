import Dispatch
import NIOCore
import Synchronization
import XferHistory

/// Reads the history on a thread of its own, one page after the other: nothing that serves a connection waits
/// for SQLite, and pages of several askers take turns.
final class HistoryDesk: Sendable {
  /// Seconds that SQLite may work for one page.
  static let seconds = 5

  /// More is asked at once than is answered in time.
  struct Crowded: Error {}

  private let path: String
  private let queue: DispatchQueue
  private let reader = Mutex<HistoryReader?>(nil)
  private let admission: AddressAdmission

  init(path: String, label: String, perAddress: Int) {
    self.path = path
    queue = DispatchQueue(label: label)
    admission = AddressAdmission(most: perAddress)
  }

  /// Throws `Crowded` where the address waits for as many answers as it may.
  func ask<Value: Sendable>(
    from address: SocketAddress?, _ body: @escaping @Sendable (HistoryReader) throws -> Value
  ) async throws -> Value {
    guard admission.enter(address) else { throw Crowded() }
    defer { admission.leave(AddressAdmission.key(address)) }
    return try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(self.open()) }) }
    }
  }

  /// Opened when the first question comes: the recorder, which makes the history, starts at the same time as
  /// this process.
  private func open() throws -> HistoryReader {
    try reader.withLock { reader in
      if let reader { return reader }
      let fresh = try HistoryReader(
        path: path, patience: QuestionPatience(seconds: HistoryDesk.seconds))
      reader = fresh
      return fresh
    }
  }
}
