import Synchronization
import XferHistory
import XferProtocol
import XferSystem

/// A thread that sums up the files of sets, because that reads all their rows. Receipts of other
/// transfers do not wait for it.
final class SetReader {
  /// The sums of a set, or the error that prevented them.
  typealias Outcome = Result<SetTotals, any Error>

  /// A descriptor that becomes readable when an outcome is there.
  let wakeup: Wakeup
  private let ring = FollowedRing<Int64>(capacity: SetReader.most, followers: 1)
  private let outcomes: Outcomes
  private let thread: BackgroundThread

  /// The number of sets that may wait for the thread.
  static let most = 64

  private final class Outcomes: Sendable {
    let list = Mutex<[(number: Int64, outcome: Outcome)]>([])
  }

  /// Starts the thread. It opens the history with the first set.
  init(_ store: any HistoryStore) throws {
    let (wakeup, ring, outcomes) = (try Wakeup(), ring, Outcomes())
    (self.wakeup, self.outcomes) = (wakeup, outcomes)
    thread = try BackgroundThread {
      var history: (any HistoryReader)?
      while let number = ring.next(for: 0) {
        let outcome = Outcome {
          let reader = try history ?? store.openReader(patience: nil)
          history = reader
          return try reader.totals(ofSet: number)
        }
        ring.finish(0)
        outcomes.list.withLock { $0.append((number, outcome)) }
        wakeup.wake()
      }
    }
  }

  /// Waits for the thread, which first sums up the sets that wait.
  deinit {
    ring.close()
    thread.join()
  }

  /// Starts to sum up a set. At most `most` sets may be under way.
  func read(_ number: Int64) {
    _ = ring.freeSlot()
    ring.pass(number)
  }

  /// Returns the outcomes that are there, and removes them.
  func takeOutcomes() -> [(number: Int64, outcome: Outcome)] {
    wakeup.clear()
    return outcomes.list.withLock { list in
      defer { list = [] }
      return list
    }
  }
}
