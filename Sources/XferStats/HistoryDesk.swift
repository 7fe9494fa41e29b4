import Dispatch
import NIOCore
import Synchronization
import XferHistory

/// The history, read on a thread of its own, one page after the other. No thread that serves a
/// connection waits for SQLite, and the pages of several clients take turns.
final class HistoryDesk: Sendable {
  /// The number of seconds that SQLite may work for a question. Each 1,000 rows add one second.
  static let seconds = 5

  /// The error of an address that has too many questions at once.
  struct Crowded: Error {}

  private let history: any HistoryStore
  private let queue: DispatchQueue
  private let reader = Mutex<(any HistoryReader)?>(nil)
  private let admission: AddressAdmission

  init(_ history: any HistoryStore, label: String, perAddress: Int) {
    self.history = history
    queue = DispatchQueue(label: label)
    admission = AddressAdmission(most: perAddress)
  }

  /// Returns a place for a question, to be kept until its answer is complete. Throws `Crowded` if
  /// the address has as many questions as it may.
  func admit(_ address: SocketAddress?) throws -> AddressAdmission.Place {
    guard let place = admission.place(for: address) else { throw Crowded() }
    return place
  }

  /// Runs `body` on the thread of the history and returns its result.
  func ask<Value: Sendable>(
    _ body: @escaping @Sendable (any HistoryReader) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(self.open()) }) }
    }
  }

  /// Opens the history with the first question, not earlier, because the recorder, which creates
  /// the history, starts at the same time as this process.
  private func open() throws -> any HistoryReader {
    try reader.withLock { reader in
      if let reader { return reader }
      let fresh = try history.openReader(
        patience: QuestionPatience(seconds: HistoryDesk.seconds))
      reader = fresh
      return fresh
    }
  }
}
