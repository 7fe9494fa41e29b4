import Hummingbird
import Logging
import Synchronization
import XferHistory
import XferMetrics
import XferProtocol
import XferReport
import XferSystem

/// What is answered at which path.
struct StatsRoutes: Sendable {
  let board: Scoreboard
  let history: SharedReader
  let log: Logger

  init(board: Scoreboard, databasePath: String, log: Logger) {
    self.board = board
    self.history = SharedReader(path: databasePath)
    self.log = log
  }

  var router: Router<BasicRequestContext> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.get("/stats") { _, _ in text(StatsPage.render(board, summary())) }
    router.get("/metrics") { _, _ in
      text(PrometheusText.render(board), type: PrometheusText.contentType)
    }
    router.get("/healthz") { _, _ in text("ok\n") }
    router.get("/readyz") { _, _ in readiness() }
    router.get("/history") { request, _ in try entries(request) }
    router.get("/") { _, _ in text("/stats\n/metrics\n/healthz\n/readyz\n/history\n") }
    return router
  }

  private func summary() -> HistorySummary? {
    do {
      return try history.reader().summary()
    } catch {
      log.error("could not read the history", metadata: ["error": "\(error)"])
      return nil
    }
  }

  private func readiness() -> Response {
    if board[.draining] > 0 { return text("shutting down\n", status: .serviceUnavailable) }
    if board[.recorderReady] == 0 {
      return text("the recorder cannot record now\n", status: .serviceUnavailable)
    }
    return text("ready\n")
  }

  /// The history as JSON; `?limit=` (100 by default, 10000 at the most), `?client=`, `?name=`.
  private func entries(_ request: Request) throws -> Response {
    let parameters = request.uri.queryParameters
    var filter = HistoryFilter(limit: 100)
    if let text = parameters["limit"] {
      guard let limit = UInt32(text), (1...10_000).contains(limit) else {
        return self.text("limit: give a number from 1 to 10000\n", status: .badRequest)
      }
      filter.limit = limit
    }
    filter.clientIP = parameters["client"].map(String.init)
    filter.name = parameters["name"].map(String.init)
    // An id is for the client whose transfer it is: it is shown to none here.
    let entries = try history.reader().entries(filter).map { entry in
      var entry = entry
      entry.transferID = nil
      return entry
    }
    let body = try HistoryFormat.json.render(entries)
    return text(body, type: "application/json")
  }

  private func text(
    _ body: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
  }
}

/// One reader for all requests, opened when the first one comes: the recorder, which makes the
/// history, starts at the same time as this process.
final class SharedReader: Sendable {
  private let path: String
  private let open = Mutex<HistoryReader?>(nil)

  init(path: String) { self.path = path }

  func reader() throws -> HistoryReader {
    try open.withLock { reader in
      if let reader { return reader }
      let fresh = try HistoryReader(path: path)
      reader = fresh
      return fresh
    }
  }
}
