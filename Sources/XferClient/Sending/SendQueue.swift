import Synchronization
import XferSystem

/// The files that have no reply yet, in the order in which to offer them. The conversations of a
/// run take from it.
///
/// The files come first. The directories follow in stages, the deepest ones first. A stage begins
/// when every file before it has its reply, because each new file changes the time of its
/// directory. By then one conversation is left, which takes all stages.
final class SendQueue: Sendable {
  private struct State: Sendable {
    /// The files of this stage, and the index of the next one.
    var waiting: [FileToSend]
    var next = 0
    /// The later stages, in reverse order.
    var stages: [[FileToSend]]
    /// Files to retry after a pause.
    var later: [FileToSend] = []
    /// The conversations that may put files back.
    var conversations = 0

    var isStageEmpty: Bool { next == waiting.count && later.isEmpty }
  }

  private let state: Mutex<State>

  init(_ files: [FileToSend], directories: [FileToSend] = []) {
    state = Mutex(State(waiting: files, stages: SendQueue.stages(of: directories)))
  }

  private static func stages(of directories: [FileToSend]) -> [[FileToSend]] {
    Dictionary(grouping: directories, by: \.depth).sorted { $0.key < $1.key }.map(\.value)
  }

  /// True if there is nothing left to offer.
  var isEmpty: Bool { state.withLock { $0.isStageEmpty && $0.stages.isEmpty } }

  /// True if nothing is left to offer before the next stage.
  var isStageEmpty: Bool { state.withLock { $0.isStageEmpty } }

  /// The number of files that were not offered yet in this stage.
  var count: Int { state.withLock { $0.waiting.count - $0.next } }

  /// Adds a conversation.
  func enter() { state.withLock { $0.conversations += 1 } }

  /// Removes a conversation that has no file. Returns false for the last one, which must stay until
  /// the queue is empty.
  func leave() -> Bool {
    state.withLock { state in
      guard state.conversations > 1 else { return false }
      state.conversations -= 1
      return true
    }
  }

  /// True if no other conversation may put files back.
  var hasOneConversation: Bool { state.withLock { $0.conversations == 1 } }

  /// Empties the queue and returns its files.
  func removeAll() -> [FileToSend] {
    state.withLock { state in
      let files = state.waiting[state.next...] + state.later + state.stages.reversed().joined()
      (state.waiting, state.next, state.later, state.stages) = ([], 0, [], [])
      return Array(files)
    }
  }

  /// Removes and returns the next file that may be offered now; nil if there is none. The next
  /// stage begins only if `mayAdvance` is true: the conversation waits for no reply.
  func pop(mayAdvance: Bool = false) -> FileToSend? {
    state.withLock { state in
      if state.isStageEmpty, mayAdvance, state.conversations <= 1,
        let stage = state.stages.popLast()
      {
        (state.waiting, state.next) = (stage, 0)
      }
      if state.next < state.waiting.count {
        defer { state.next += 1 }
        return state.waiting[state.next]
      }
      let now = MonotonicTime.now
      guard let index = state.later.firstIndex(where: { $0.notBefore <= now }) else { return nil }
      return state.later.remove(at: index)
    }
  }

  /// Adds a file that must be offered again, after a pause.
  func putBack(_ file: FileToSend, after pause: Duration = .zero) {
    file.notBefore = .now + pause
    state.withLock { $0.later.append(file) }
  }

  /// The time until a file may be offered; nil if no file waits for the end of a pause.
  var pause: Duration? {
    state.withLock { state in
      guard state.next == state.waiting.count, let due = state.later.map(\.notBefore).min() else {
        return nil
      }
      return max(.zero, due - .now)
    }
  }
}
