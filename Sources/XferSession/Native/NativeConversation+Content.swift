import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The content of accepted transfers, from the connection to the seal.
extension NativeConversation {
  /// Receives, verifies and appends the content behind a header. Throws if the client violates the
  /// protocol; any other error refuses the transfer.
  func takeContent(_ header: ContentHeader) throws {
    let length = Int(header.length)
    if let size = dropping[header.tag] { return try discardContent(header, of: size) }
    guard let transfer = transfers[header.tag], transfer.takesContent else {
      throw WireError("content for tag \(header.tag), which expects none")
    }
    isBulk = transfer.size > WireLimits.eager && header.offset + UInt64(length) < transfer.size
    let bytes = try content(of: length)
    context.count(received: length)
    do {
      let file = try incomingFile(of: transfer)
      try file.append(try verified(bytes, header: header, for: file), crc: header.crc)
      Failpoint.pass("session.arriving")
      if file.isWhole { try beginSeal(transfer, of: file) }
    } catch let error as WireError {
      throw error
    } catch {
      fail(transfer, error, isSending: header.offset + UInt64(length) < transfer.size)
    }
  }

  /// Returns the content behind a header. It is in the input if that holds all of it, else in the
  /// block.
  private func content(of length: Int) throws -> UnsafeRawBufferPointer {
    if client.input.count >= length { return client.input.take(length) }
    let block = UnsafeMutableRawBufferPointer(rebasing: pipeline.block.prefix(length))
    try client.readContent(into: block, meanwhile: meanwhile)
    if isBulk, !isInputReleased { client.input.releaseMemory() }
    isInputReleased = isBulk
    return UnsafeRawBufferPointer(block)
  }

  private func verified(
    _ bytes: UnsafeRawBufferPointer, header: ContentHeader, for file: IncomingFile
  ) throws -> UnsafeRawBufferPointer {
    guard header.offset == UInt64(file.received),
      Int64(header.length) <= file.size - file.received
    else { throw WireError("content at offset \(header.offset); expected \(file.received)") }
    guard crc32c(bytes) == header.crc else {
      throw Refusal(
        .corrupt, "the checksum of the content at offset \(header.offset) is wrong; send it again",
        retryAfter: 0)
    }
    return bytes
  }

  /// Marks a refused transfer, so that the rest of its content is discarded. If there are very
  /// many, the oldest is removed. A client that still sends its content then violates the protocol.
  func drop(_ tag: UInt32, size: UInt64) {
    if dropping.count >= WireLimits.window, let oldest = dropping.keys.min() {
      dropping[oldest] = nil
    }
    dropping[tag] = size
  }

  private func discardContent(_ header: ContentHeader, of size: UInt64) throws {
    _ = try content(of: Int(header.length))
    if header.offset + UInt64(header.length) >= size { dropping[header.tag] = nil }
  }

  private func incomingFile(of transfer: Transfer) throws -> IncomingFile {
    if case .arriving(let file) = transfer.state { return file }
    guard
      let file = try IncomingFile.startingOver(
        transfer.incomingID, size: transfer.size, in: context.options.data.incoming,
        of: context.client.key, options: context.options.contentOptions, admit: diskSpace.check)
    else {
      throw Takeover(context).attempt(transfer.incomingID)
    }
    transfers[transfer.tag]?.state = .arriving(file)
    return file
  }

  /// Creates and seals an empty file, for which no content follows.
  func receiveEmpty(_ transfer: Transfer) throws {
    let file = try incomingFile(of: transfer)
    if file.isWhole { try beginSeal(transfer, of: file) }
  }
}
