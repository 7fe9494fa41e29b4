import XferProtocol

/// What there is to tell while files are sent.
public enum SendEvent {
  /// Content went out, in bytes; `isNew` where none of it went before.
  case sent(UInt64, isNew: Bool)
  /// The receiver had a part of a file already.
  case resumed(FileToSend, at: UInt64)
  case delivered(FileToSend, Receipt)
  /// Will not be tried again.
  case refused(FileToSend, Refusal)
  case failed(FileToSend, why: String)
  /// All that is left is given up; a `failed` follows for each file.
  case givenUp(why: String, files: Int)
  /// Something is waited for, for this many seconds.
  case waiting(why: String, seconds: Double)
  case connected
}

/// How a run went, as a whole.
public enum SendResult: Sendable {
  case allReceived
  case refused
  case failed
  case unreachable
}
