import SystemPackage
import XferProtocol
import XferSystem

/// Sends messages and content.
extension SendConversation {
  /// Sends until the socket is full or there is nothing to send. Returns true if the socket is
  /// full.
  func send() throws -> Bool {
    while true {
      if try !sendOutput() { return true }
      if try !sendSegment() { return true }
      if try !produce() { return false }
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

  /// Returns false if the socket is full.
  private func sendSegment() throws -> Bool {
    guard var segment else { return true }
    while segment.left > 0 {
      switch try connection.sendFile(
        segment.content.descriptor, at: segment.offset, count: segment.left)
      {
      case .bytes(let count): advance(&segment, by: count)
      case .nothing:
        self.segment = segment
        return false
      case .endOfFile:
        // Announced bytes are missing, so the receiver cannot find the next frame on this
        // connection.
        throw ConnectionFailure.lost("a file became shorter while it was sent")
      }
    }
    self.segment = nil
    return true
  }

  private func advance(_ segment: inout ContentSegment, by count: Int) {
    segment.offset += Int64(count)
    segment.left -= count
    let isNew = segment.file.advance(to: UInt64(segment.offset))
    report(.sent(UInt64(count), isNew: isNew))
  }

  /// Appends the next messages to the output. Returns false if there are none now.
  private func produce() throws -> Bool {
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
      report(.failed(file, why: "\(error)"))
    } else {
      retry(file, because: "\(error)")
    }
  }
}
