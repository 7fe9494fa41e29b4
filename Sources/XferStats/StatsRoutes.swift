import Hummingbird
import Logging
import NIOCore
import XferHistory
import XferMetrics
import XferProtocol
import XferReport
import XferSystem

/// The pages by their paths. `/metrics`, `/healthz` and `/readyz` read shared memory alone.
struct StatsRoutes: Sendable {
  /// The greatest number of questions of one address that wait or are answered.
  private static let perAddress = 8

  let board: Scoreboard
  let log: Logger
  private let sums: HistoryDesk
  private let rows: HistoryDesk

  init(board: Scoreboard, history: any HistoryStore, log: Logger) {
    self.board = board
    self.log = log
    sums = HistoryDesk(history, label: "sums", perAddress: StatsRoutes.perAddress)
    rows = HistoryDesk(history, label: "rows", perAddress: StatsRoutes.perAddress)
  }

  var router: Router<StatsContext> {
    let router = Router(context: StatsContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: NoBodies())
    router.get("/stats") { _, context in await stats(context) }
    router.get("/metrics") { _, _ in
      text(PrometheusText.render(board), type: PrometheusText.contentType)
    }
    router.get("/healthz") { _, _ in text("ok\n") }
    router.get("/readyz") { _, _ in readiness() }
    router.get("/history") { request, context in await history(request, context: context) }
    router.get("/") { _, _ in text("/stats\n/metrics\n/healthz\n/readyz\n/history\n") }
    return router
  }

  private func stats(_ context: StatsContext) async -> Response {
    Failpoint.pass("stats.asked")
    do {
      let place = try sums.admit(context.address)
      defer { place.leave() }
      let summary = try await sums.ask { try $0.summary() }
      return text(StatsPage.render(board, summary: summary))
    } catch is HistoryDesk.Crowded {
      return crowded
    } catch {
      log.error("could not read the history", metadata: ["error": "\(error)"])
      return text(StatsPage.render(board, summary: nil))
    }
  }

  private func readiness() -> Response {
    if board.shutdownStage != .running {
      return text("shutting down\n", status: .serviceUnavailable)
    }
    if board[.directoryUnusable] == 1 {
      return text(
        "the data directory cannot be used; the log says why\n", status: .serviceUnavailable)
    }
    if board[.recorderReady] == 0 {
      return text("the recorder cannot record now\n", status: .serviceUnavailable)
    }
    return text("ready\n")
  }

  /// Returns the history as JSON, filtered by `?limit=` (100 by default, at most 10000), `?client=`
  /// and `?name=`.
  private func history(_ request: Request, context: StatsContext) async -> Response {
    do {
      let answer = try await HistoryAnswer(
        try filter(request), desk: rows, for: context.address,
        peer: await Peer.of(context.channel))
      return Response(
        status: .ok, headers: headers("application/json"), body: answer.body)
    } catch let bad as BadQuestion {
      return text(bad.sentence + "\n", status: .badRequest)
    } catch let unanswerable as HistoryFilter.Unanswerable {
      return text("\(unanswerable)\n", status: .badRequest)
    } catch let brokenOff as QuestionBrokenOff {
      return text("\(brokenOff)\n", status: .serviceUnavailable)
    } catch is HistoryDesk.Crowded {
      return crowded
    } catch {
      log.error("could not read the history", metadata: ["error": "\(error)"])
      return text("the history cannot be read now\n", status: .serviceUnavailable)
    }
  }

  private struct BadQuestion: Error {
    let sentence: String
  }

  private func filter(_ request: Request) throws -> HistoryFilter {
    let parameters = request.uri.queryParameters
    var filter = HistoryFilter(limit: 100)
    if let text = parameters["limit"] {
      guard let limit = UInt32(text), (1...10_000).contains(limit) else {
        throw BadQuestion(sentence: "limit: expected a number from 1 to 10000")
      }
      filter.limit = limit
    }
    filter.client = parameters["client"].map(String.init)
    filter.name = parameters["name"].map(String.init)
    return filter
  }

  private var crowded: Response {
    var response = text(
      "\(StatsRoutes.perAddress) questions of this address are already being answered\n",
      status: .serviceUnavailable)
    response.headers[.retryAfter] = "2"
    return response
  }

  private func headers(_ type: String) -> HTTPFields {
    [.contentType: type, .cacheControl: "no-store"]
  }

  private func text(
    _ body: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: headers(type),
      body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
  }
}
