/// The exit statuses of both programs, with the numbers of sysexits.h. They never change their
/// meaning. docs/operations.md ("Exit status") has the same in words for each command.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  /// All was done.
  case success = 0
  /// The command line or a setting is invalid (EX_USAGE).
  case usage = 64
  /// Content differs, or could not be compared (EX_DATAERR).
  case different = 65
  /// The receiver cannot be reached (EX_UNAVAILABLE).
  case unreachable = 69
  /// An error of the program itself (EX_SOFTWARE).
  case internalError = 70
  /// An input or output failed, or something that was named does not exist (EX_IOERR).
  case failed = 74
  /// The receiver has refused (EX_NOPERM).
  case refused = 77
  /// The receiver cannot work as it is set up (EX_CONFIG).
  case unusable = 78
  /// A person has interrupted the command: 128 and the number of SIGINT, as a shell says it. The
  /// program ends by the signal itself.
  case interrupted = 130

  /// The meaning in a few words, as the document has it.
  package var meaning: String {
    switch self {
    case .success: "success"
    case .usage: "incorrect usage"
    case .different: "content differs"
    case .unreachable: "unreachable"
    case .internalError: "internal error"
    case .failed: "failed"
    case .refused: "refused"
    case .unusable: "cannot work as set up"
    case .interrupted: "interrupted"
    }
  }
}
