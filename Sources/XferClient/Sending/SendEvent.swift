import XferProtocol

/// What there is to tell while files are sent.
public enum SendEvent {
  /// Content went out, in bytes; `isNew` where none of it went before.
  case sent(UInt64, isNew: Bool)
  /// The receiver had a part of a file already.
  case resumed(FileToSend, at: UInt64)
  case delivered(FileToSend, Receipt, Evidence)
  /// The receipt is of other content than the file has here; it is sent again under another id. A fault,
  /// unless the file may have been changed since, without a trace.
  case differs(FileToSend, Receipt, here: Digest, isFault: Bool)
  /// The receiver reads again what it had of a file.
  case working(FileToSend, Progress)
  /// Files are read here, to compare them with their receipts: all of these together.
  case reading(FileToSend, Progress)
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
  /// The receiver has other content than this end.
  case different
  /// Every receipt came, and some could not be compared though that was asked for.
  case unproven
  case refused
  case failed
  case unreachable
}
