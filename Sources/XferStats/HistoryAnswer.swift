import Hummingbird
import NIOCore
import XferHistory
import XferProtocol
import XferReport

/// Rows of the history as one JSON array, which is made and sent in pieces.
struct HistoryAnswer: Sendable {
  /// The number of bytes of rows that are read at once.
  private static let pageBytes = 16 << 10
  /// The number of bytes of text that are sent at once.
  private static let piece = 16 << 10

  private let desk: HistoryDesk
  private let place: AddressAdmission.Place
  private var pages: any HistoryPages
  /// The first page. It is read before the answer begins, so that an error in the question can
  /// still be answered with a status.
  private var first: [HistoryEntry]?

  init(
    _ filter: HistoryFilter, desk: HistoryDesk, for address: SocketAddress?, peer: Peer
  ) async throws {
    self.desk = desk
    place = try desk.admit(address)
    (first, pages) = try await desk.ask { reader in
      var pages = try reader.pages(
        filter, bytes: HistoryAnswer.pageBytes, asker: { peer.asker })
      return (try pages.next(), pages)
    }
    while first?.isEmpty == true { first = try await next() }
  }

  /// Returns the next page, or nil after the last one.
  private mutating func next() async throws -> [HistoryEntry]? {
    let before = pages
    let (page, after) = try await desk.ask { _ in
      var pages = before
      return (try pages.next(), pages)
    }
    pages = after
    return page
  }

  /// The answer. Its place is released at the end, or when this value is.
  var body: ResponseBody {
    ResponseBody { [self] writer in
      var answer = self
      try await answer.write(to: &writer)
      place.leave()
      try await writer.finish(nil)
    }
  }

  private mutating func write(to writer: inout any ResponseBodyWriter) async throws {
    var printer = HistoryPrinter(.json)
    var buffer = ByteBuffer()
    var page = first
    first = nil
    while let entries = page {
      for var entry in entries {
        entry.transferID = nil  // only the client of a transfer may see its id
        buffer.writeString(try printer.text(of: entry))
        if buffer.readableBytes >= HistoryAnswer.piece { try await send(&buffer, to: &writer) }
      }
      page = try await next()
    }
    buffer.writeString(printer.end())
    try await send(&buffer, to: &writer)
  }

  private func send(
    _ buffer: inout ByteBuffer, to writer: inout any ResponseBodyWriter
  ) async throws {
    try await writer.write(buffer)
    buffer = ByteBuffer()
  }
}
