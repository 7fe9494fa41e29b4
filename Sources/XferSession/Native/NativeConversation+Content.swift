import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The content of accepted transfers, from the connection to the file.
extension NativeConversation {
  /// Receives, verifies and appends the content behind a header. Throws if the client violates the
  /// protocol or the connection fails; any other error refuses the transfer.
  func append(_ header: ContentHeader) throws {
    guard let transfer = transfers[header.tag] else {
      preconditionFailure("content without a transfer")
    }
    isBulk = transfer.size > WireLimits.eager && header.end < transfer.size
    let bytes = try content(of: Int(header.length))
    intake.count(received: bytes.count)
    do {
      let file = try incomingFile(of: transfer)
      try order.append(header)
      try verify(bytes, by: header)
      try file.append(bytes, crc: header.crc)
      Failpoint.pass("session.arriving")
      if file.isWhole { try beginSeal(transfer, of: file) }
    } catch let error as WireError {
      throw error
    } catch {
      fail(transfer, error)
    }
  }

  /// Returns the content behind a header. It is in the input if that holds all of it, else in the
  /// block.
  func content(of length: Int) throws -> UnsafeRawBufferPointer {
    if client.input.count >= length { return client.input.take(length) }
    let block = intake.block(of: length)
    try client.readContent(into: block, meanwhile: meanwhile)
    if isBulk, !isInputReleased { client.input.releaseMemory() }
    isInputReleased = isBulk
    return UnsafeRawBufferPointer(block)
  }

  private func verify(_ bytes: UnsafeRawBufferPointer, by header: ContentHeader) throws(Refusal) {
    guard crc32c(bytes) == header.crc else {
      throw Refusal(
        .corrupt, "the checksum of the content at offset \(header.offset) is wrong; send it again",
        retryAfter: 0)
    }
  }

  /// Returns the file of a transfer. Content that is sent with its offer begins a file at offset 0.
  private func incomingFile(of transfer: Transfer) throws -> IncomingFile {
    if let file = transfer.file { return file }
    let options = context.options.contentOptions
    guard let file = try intake.startOver(transfer.announced, options: options) else {
      throw Takeover(context).attempt(transfer.announced.incomingID)
    }
    transfer.file = file
    return file
  }

  /// Creates and seals an empty file, for which no content follows.
  func receiveEmpty(_ transfer: Transfer) throws {
    let file = try incomingFile(of: transfer)
    if file.isWhole { try beginSeal(transfer, of: file) }
  }
}
