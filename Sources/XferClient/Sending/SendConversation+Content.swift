import SystemPackage
import XferProtocol
import XferSystem

/// Sends messages and content.
extension SendConversation {
  /// The reason why nothing more is sent now.
  enum Sending {
    /// There is nothing to send.
    case idle
    /// The socket is full.
    case full
    /// The limit of the run is used up for this time.
    case limited(Duration)

    var isFull: Bool { if case .full = self { true } else { false } }
  }

  /// Sends until the socket is full, the limit is used up, or there is nothing to send.
  func send() throws -> Sending {
    while true {
      if try !sendOutput() { return .full }
      if let reason = try sendSegment() { return reason }
      if let pause = run.limit?.pause(), pause > .zero { return .limited(pause) }
      if try !produce() { return .idle }
    }
  }

  /// Returns false if the socket is full.
  private func sendOutput() throws -> Bool {
    guard !output.isEmpty else { return true }
    let sent = try output.bytes.withUnsafeBytes { bytes in
      try connection.send(
        UnsafeRawBufferPointer(rebasing: bytes[outputSent...]), more: segment != nil)
    }
    outputSent += sent
    guard outputSent == output.bytes.count else { return false }
    output.clear()
    outputSent = 0
    return true
  }

  /// Returns nil if the segment is sent whole, or the reason why it is not.
  private func sendSegment() throws -> Sending? {
    guard var segment else { return nil }
    defer { self.segment = segment.left > 0 ? segment : nil }
    while segment.left > 0 {
      if let pause = grant(&segment) { return .limited(pause) }
      switch try connection.sendFile(
        segment.content.descriptor, at: segment.offset, count: segment.granted)
      {
      case .bytes(let count): advance(&segment, by: count)
      case .nothing: return .full
      case .endOfFile:
        // Announced bytes are missing, so the receiver cannot find the next frame on this
        // connection.
        throw ConnectionFailure.lost("a file became shorter while it was sent")
      }
    }
    return nil
  }

  /// Takes bytes from the limit of the run, unless some are left. Returns the time to wait if there
  /// are none now.
  private func grant(_ segment: inout ContentSegment) -> Duration? {
    guard segment.granted == 0 else { return nil }
    segment.granted = run.limit?.take(upTo: segment.left) ?? segment.left
    return segment.granted > 0 ? nil : run.limit?.pause()
  }

  private func advance(_ segment: inout ContentSegment, by count: Int) {
    segment.offset += Int64(count)
    segment.left -= count
    segment.granted -= count
    let isNew = segment.file.advance(to: UInt64(segment.offset))
    run.report.note(.sent(segment.file, UInt64(count), isNew: isNew))
  }

  /// Appends the next messages to the output. Returns false if there are none now.
  private func produce() throws -> Bool {
    if run.stop.isStopped { return false }
    try offerMore()
    if let tag = accepted.first { produceBlock(of: tag) }
    return !output.isEmpty
  }

  /// Announces the next block of a file, and makes it the segment to send.
  private func produceBlock(of tag: UInt32) {
    guard var offer = open[tag], let content = offer.content else { return removeAccepted(tag) }
    let limit = UInt64(max(1, min(SendConversation.block, Int(connection.welcome.content))))
    let length = Int(min(limit, content.size - offer.offset))
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(length))
    do {
      try content.read(into: bytes, at: offer.offset)
    } catch {
      return withdraw(tag, file: offer.file, because: error)
    }
    let block = UnsafeRawBufferPointer(bytes)
    offer.digest?.add(block, at: offer.offset)
    let header = ContentHeader(
      tag: tag, offset: offer.offset, length: UInt32(length), crc: crc32c(block))
    ClientMessage.content(header).encode(into: &output)
    offer.file.noteBegin()
    segment = ContentSegment(
      file: offer.file, content: content, offset: Int64(offer.offset), left: length)
    offer.offset += UInt64(length)
    open[tag] = offer
    if offer.offset == content.size { removeAccepted(tag) }
  }

  private func withdraw(_ tag: UInt32, file: FileToSend, because error: any Error) {
    ClientMessage.withdraw(Withdrawal(tag: tag, why: "\(error)")).encode(into: &output)
    close(tag)
    if error is Unsendable {
      run.report.note(.failed(file, why: "\(error)"))
    } else {
      retry(file, because: "\(error)")
    }
  }
}
