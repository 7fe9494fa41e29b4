import XferProtocol
import XferSystem
import XferTransport

/// The waits of the conversation: for the client, the recorder, the sealing thread and signals.
extension NativeConversation {
  func wait() throws {
    let patience = patience
    var set = TransportWait()
    let signals = set.add(context.ending.signals.descriptor)
    let held = client.pause()
    let reads = !order.inputHasEnded && !isFull && held == nil
    let peer = reads ? set.add(client.transport) : nil
    let recorder = context.recorder.descriptor.map { set.add($0) }
    if let sealer = intake.sealer, order.isSealing { set.add(sealer.wakeup.descriptor) }
    let start = MonotonicTime.now
    let isReady = try set.wait(milliseconds: min(pause(patience), held))
    if held == nil, order.expectsContent { try client.noteWaiting(start.elapsed) }
    if !isReady { saveSums() }
    if !isReady, held == nil, let patience, client.silence >= patience {
      throw PeerFailure(.timeout, "nothing came for \(patience.wholeSeconds) seconds")
    }
    try checkPings()
    if set.isReady(signals) || context.ending.isReplaced { try context.ending.check() }
    if let recorder, set.isReadable(recorder) { try handleReplies() }
    if let peer, set.isReadable(peer) { try readFromPeer() }
  }

  /// Throws if nothing but pings came for twelve times the idle timeout, an hour by default. The
  /// connection takes a place that other clients may need.
  private func checkPings() throws {
    let quiet = lastRequest.elapsed
    guard transfers.isEmpty, !context.recorder.isWaiting,
      quiet >= context.options.idleTimeout * 12
    else { return }
    throw PeerFailure(.timeout, "nothing but pings came for \(quiet.wholeSeconds) seconds")
  }

  /// Returns the time to wait in milliseconds; nil if there is no limit.
  private func pause(_ patience: Duration?) -> Int? {
    let untilLate = patience.map { max(1, ($0 - client.silence).milliseconds) }
    // A session that holds a file checks each second if a newer connection takes over.
    return order.isWorking || order.expectsContent ? Swift.min(untilLate ?? 1000, 1000) : untilLate
  }

  /// Writes the sums of all files while the peer pauses, so that they can be resumed after any
  /// failure.
  private func saveSums() {
    for transfer in transfers(in: .arriving) { transfer.file?.save() }
  }

  /// Returns the shorter time in milliseconds; nil if there is no limit.
  private func min(_ milliseconds: Int?, _ held: Duration?) -> Int? {
    guard let held = held?.milliseconds else { return milliseconds }
    return milliseconds.map { Swift.min($0, held) } ?? held
  }

  /// Handles stop signals and replies of the recorder without waiting.
  func handleRepliesAtHand() throws {
    try context.ending.check()
    guard let recorder = context.recorder.descriptor else { return }
    var set = PollSet()
    let slot = set.add(recorder, .read)
    try set.wait(milliseconds: 0)
    if set.isReadable(slot) { try handleReplies() }
  }

  /// The time that the peer may be silent; nil while the peer waits for an answer.
  private var patience: Duration? {
    if order.expectsContent || !client.input.isEmpty { return context.options.stallTimeout }
    return context.recorder.isWaiting || order.isWorking ? nil : context.options.idleTimeout
  }

  private func readFromPeer() throws {
    guard try client.readAvailable(atMost: readLimit) else {
      return order.endInput()
    }
  }

  /// The number of bytes to read ahead while the content of an accepted file arrives. Most of it is
  /// received into the block without a copy, and the input takes little memory.
  private static let arrivingLimit = 64 << 10

  /// The number of bytes to read ahead now.
  private var readLimit: Int {
    if isBulk { return WireLimits.contentHeader }
    return order.isArriving ? NativeConversation.arrivingLimit : .max
  }

  /// Throws if the client has closed its side in the middle of a message or of content.
  func checkInputIsComplete() throws {
    if order.isCut(hasRest: !client.input.isEmpty) {
      throw PeerFailure(.cut, "the connection ended in the middle of a transfer")
    }
  }

  /// Sends answers between two receives of one block. Returns true if the next receive may block
  /// for the whole rest of the block.
  func meanwhile() throws -> Bool {
    guard context.recorder.isWaiting || order.isWorking else { return true }
    finishSeals()
    reportProgress()
    try context.recorder.flush()
    var set = TransportWait()
    set.add(client.transport)
    let recorder = context.recorder.descriptor.map { set.add($0) }
    if let sealer = intake.sealer, order.isSealing { set.add(sealer.wakeup.descriptor) }
    try set.wait(milliseconds: 1000)
    if let recorder, set.isReadable(recorder) { try handleReplies() }
    try client.flush()
    return false
  }
}
