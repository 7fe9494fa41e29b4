import Hummingbird
import NIOCore
import XferHistory
import XferProtocol
import XferReport

/// The history as one JSON array, made and sent piece by piece.
struct HistoryAnswer: Sendable {
  /// Bytes of rows that are read at once, and of text that is sent at once.
  private static let pageBytes = 16 << 10
  private static let piece = 16 << 10

  private let desk: HistoryDesk
  private let place: AddressAdmission.Place
  private var pages: HistoryPages
  /// Read before the answer begins, so that what is wrong with the question can be said.
  private var first: [HistoryEntry]?

  init(
    _ filter: HistoryFilter, _ desk: HistoryDesk, for address: SocketAddress?, _ peer: Peer
  ) async throws {
    self.desk = desk
    place = try desk.admit(address)
    pages = try HistoryPages(filter, bytes: HistoryAnswer.pageBytes) { peer.asker }
    repeat { first = try await next() } while first?.isEmpty == true
  }

  private mutating func next() async throws -> [HistoryEntry]? {
    let before = pages
    let (page, after) = try await desk.ask { reader in
      var pages = before
      return (try pages.next(from: reader), pages)
    }
    pages = after
    return page
  }

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
        entry.transferID = nil  // an id is for the client whose transfer it is
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
