import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The content of accepted transfers: from the wire, checked, into `incoming/`, to the seal.
extension NativeConversation {
  func takeContent(_ header: ContentHeader) throws {
    let length = Int(header.length)
    if let size = dropping[header.tag] { return try drop(header, of: size) }
    guard let transfer = transfers[header.tag], transfer.takesContent else {
      throw WireError("content for the tag \(header.tag), which takes none")
    }
    isBulk = transfer.size > WireLimits.eager && header.offset + UInt64(length) < transfer.size
    let bytes = try content(of: length)
    context.count(received: length)
    do {
      let file = try incomingFile(of: transfer)
      try file.append(try checked(bytes, header, file), crc: header.crc)
      Failpoint.pass("session.arriving")
      if file.isWhole { try beginSeal(transfer, file) }
    } catch let error as WireError {
      throw error
    } catch {
      fail(transfer, error, isSending: header.offset + UInt64(length) < transfer.size)
    }
  }

  /// The content behind a header: where it lies if all of it is in, else gathered in the block.
  private func content(of length: Int) throws -> UnsafeRawBufferPointer {
    if client.input.count >= length { return client.input.take(length) }
    let part = UnsafeMutableRawBufferPointer(rebasing: pipeline.block.prefix(length))
    try client.readContent(into: part, meanwhile: meanwhile)
    if isBulk, !isInputReleased { client.input.releaseMemory() }
    isInputReleased = isBulk
    return UnsafeRawBufferPointer(part)
  }

  private func checked(
    _ bytes: UnsafeRawBufferPointer, _ header: ContentHeader, _ file: IncomingFile
  ) throws -> UnsafeRawBufferPointer {
    guard header.offset == UInt64(file.received),
      Int64(header.length) <= file.size - file.received
    else { throw WireError("content at \(header.offset), where \(file.received) was wanted") }
    guard crc32c(bytes) == header.crc else {
      throw Refusal(
        .corrupt, "the checksum of the content at \(header.offset) is wrong; send it again",
        retryAfter: 0)
    }
    return bytes
  }

  /// What still comes of a refused transfer is thrown away. The oldest is forgotten when there are
  /// very many: a client that goes on sending content of those does not keep to the protocol.
  func drop(_ tag: UInt32, _ size: UInt64) {
    if dropping.count >= WireLimits.window, let oldest = dropping.keys.min() {
      dropping[oldest] = nil
    }
    dropping[tag] = size
  }

  private func drop(_ header: ContentHeader, of size: UInt64) throws {
    _ = try content(of: Int(header.length))
    if header.offset + UInt64(header.length) >= size { dropping[header.tag] = nil }
  }

  private func incomingFile(of transfer: Transfer) throws -> IncomingFile {
    if case .arriving(let file) = transfer.state { return file }
    guard
      let file = try IncomingFile.anew(
        transfer.incomingID, size: transfer.size, in: context.options.data.incoming,
        of: context.clientIP, context.options.care, admit: room.check)
    else {
      throw Takeover(context).attempt(transfer.incomingID)
    }
    transfers[transfer.tag]?.state = .arriving(file)
    return file
  }

  /// An empty file, which needs no content.
  func arrive(_ transfer: Transfer) throws {
    let file = try incomingFile(of: transfer)
    if file.isWhole { try beginSeal(transfer, file) }
  }
}
