import Logging
import Synchronization
import XferSystem
import XferTokens

/// The tokens of the file as it is now. The file is read again when it has changed.
final class WatchedTokens: Sendable {
  private struct State {
    var version: TokenFileVersion?
    var list = TokenList()
  }

  private let file: TokenFile
  private let log: Logger
  private let state = Mutex(State())

  init(_ file: TokenFile, log: Logger) {
    self.file = file
    self.log = log
  }

  /// True if the text is a valid token. While the file cannot be used, no text is.
  func contain(_ text: String) -> Bool {
    state.withLock { state in
      refresh(&state)
      return state.list.find(text, now: .now) != nil
    }
  }

  private func refresh(_ state: inout State) {
    do {
      let version = try file.version()
      guard version != state.version else { return }
      // The version is older than the list at most. Then the next request reads the file again.
      state = State(version: version)
      state.list = try file.read()
      warn(state.list.invalidLines)
    } catch {
      state.list = TokenList()
      log.error("no token is accepted: \(error)")
    }
  }

  private func warn(_ lines: [Int]) {
    guard !lines.isEmpty else { return }
    let numbers = lines.prefix(10).map(String.init).joined(separator: ", ")
    log.warning("the file of tokens has lines that are not valid and are ignored: \(numbers)")
  }
}
