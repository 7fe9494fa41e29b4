import XferProtocol
import XferSystem

/// The end of a conversation: by the receiver's shutdown, or by a failure.
extension NativeConversation {
  /// Refuses accepted transfers without content. Transfers in progress may finish.
  func drain() {
    for transfer in transfers(in: .arriving) where transfer.received == 0 {
      refuse(transfer, .shuttingDown)
    }
    for transfer in transfers(in: .elsewhere) { refuse(transfer, .shuttingDown) }
  }

  /// Ends the conversation after a failure: refuses, records the transfers in progress as failed,
  /// and waits for those that are sealed.
  func breakOff(_ failure: PeerFailure) {
    if failure.reason != .cut {
      client.say(.refusal(tag: 0, failure.refusal))
      client.linger()
    }
    for transfer in transfers.values where !isComplete(transfer) {
      cutOff(transfer, because: failure)
    }
    try? finishWithRecorder()
  }

  /// True if this session has all content of a transfer.
  private func isComplete(_ transfer: Transfer) -> Bool {
    let state = order.state(of: transfer.tag)
    return state == .sealing || state == .sealed
  }

  /// Waits for seals and for the recorder, because a complete file is delivered even if the
  /// connection has failed. If the time of the shutdown is over, the files of unfinished seals are
  /// kept.
  func finishWithRecorder() throws {
    while true {
      finishSeals()
      try context.recorder.flush()
      if !order.isSealing, !context.recorder.isWaiting { return }
      try waitForRecorderAndSeals()
      if order.isSealing, context.ending.isOutOfTime { abandonSeals() }
    }
  }

  private func waitForRecorderAndSeals() throws {
    var set = PollSet()
    _ = set.add(context.ending.signals.descriptor, .read)
    let recorder = context.recorder.descriptor.map { set.add($0, .read) }
    if let sealer = intake.sealer, order.isSealing { _ = set.add(sealer.wakeup.descriptor, .read) }
    try set.wait(milliseconds: 1000)
    context.ending.readSignals()
    if let recorder, set.isReadable(recorder) { try handleReplies() }
  }

  private func abandonSeals() {
    let failure = PeerFailure(.shuttingDown, "the receiver shuts down")
    for transfer in transfers(in: .sealing) { cutOff(transfer, because: failure) }
  }
}
