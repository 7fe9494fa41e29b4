import XferProtocol

/// The position of one transfer in the legal order: its state, and the content that was sent.
struct TransferOrder: Equatable, Sendable {
  var state: TransferState
  /// The size of the offer in bytes.
  let size: UInt64
  /// The offset at which the next content must begin.
  var next: UInt64 = 0
  /// The end of the last content that a header has announced.
  var announced: UInt64 = 0

  init(_ offer: Offer) {
    state = offer.isEager ? .eager : .asked
    size = offer.size
  }

  /// True if the client may be sending content that no header has announced yet.
  var isIncomplete: Bool { state.expectsContent && announced < size }

  /// Throws if the content of this header is not the next one, or exceeds the announced size.
  func check(_ header: ContentHeader) throws(WireError) {
    guard header.offset == next, UInt64(header.length) <= size - next else {
      throw WireError("content at offset \(header.offset); expected \(next)")
    }
  }
}

extension ContentHeader {
  /// The position behind the last byte in the file.
  var end: UInt64 { offset + UInt64(length) }
}
