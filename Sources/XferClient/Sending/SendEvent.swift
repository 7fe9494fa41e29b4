import XferProtocol

/// What there is to tell while files are sent.
public enum SendEvent {
  /// Content went out, in bytes; a resumed file tells first what the receiver had already.
  case sent(UInt64)
  case resumed(FileToSend, at: UInt64)
  case delivered(FileToSend, Receipt)
  /// Will not be tried again.
  case refused(FileToSend, Refusal)
  case failed(FileToSend, why: String)
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
