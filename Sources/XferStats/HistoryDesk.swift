import Dispatch
import NIOCore
import Synchronization
import XferHistory

/// Reads the history on a thread of its own, one page after the other: nothing that serves a connection waits
/// for SQLite, and pages of several askers take turns.
final class HistoryDesk: Sendable {
  /// Seconds that SQLite may work for a question, with a second more for each 1,000 rows.
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

  /// Lets a question in, for the whole of its answer. Throws `Crowded` where as many of the address are being
  /// answered as may be.
  func admit(_ address: SocketAddress?) throws -> AddressAdmission.Place {
    guard let place = admission.place(for: address) else { throw Crowded() }
    return place
  }

  func ask<Value: Sendable>(
    _ body: @escaping @Sendable (HistoryReader) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
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
