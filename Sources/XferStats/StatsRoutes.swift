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

  let options: StatsServer.Options
  let board: Scoreboard
  let log: Logger
  private let sums: HistoryDesk
  private let rows: HistoryDesk

  init(_ options: StatsServer.Options, board: Scoreboard, log: Logger) {
    self.options = options
    self.board = board
    self.log = log
    sums = HistoryDesk(options.history, label: "sums", perAddress: StatsRoutes.perAddress)
    rows = HistoryDesk(options.history, label: "rows", perAddress: StatsRoutes.perAddress)
  }

  var router: Router<StatsContext> {
    let router = Router(context: StatsContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: SecurityHeaders(isEncrypted: options.certificate != nil))
    let list = list
    router.add(middleware: MissingPage(list: list))
    router.add(middleware: NoBodies())
    router.get("/") { _, _ in Response.plain(list) }
    let protected = router.group()
    if options.requiresToken { addTokens(to: router, protecting: protected) }
    // These pages name files and clients.
    protected.get("/stats") { _, context in await stats(context) }
    protected.get("/history") { request, context in await history(request, context: context) }
    addHealth(to: options.openPages.contains(.health) ? router.group() : protected)
    addMetrics(to: options.openPages.contains(.metrics) ? router.group() : protected)
    return router
  }

  /// The paths of the pages, one a line.
  private var list: String {
    let pages = ["/stats", "/metrics", "/healthz", "/readyz", "/history"]
    return (pages + (options.requiresToken ? [LoginPage.path] : [])).map { $0 + "\n" }.joined()
  }

  /// Adds the page at which a browser signs in, and the check in front of the protected pages.
  private func addTokens(
    to router: Router<StatsContext>, protecting pages: RouterGroup<StatsContext>
  ) {
    let gate = TokenGate(options.tokens, board: board, log: log)
    let login = LoginPage(gate: gate, isEncrypted: options.certificate != nil)
    router.get("\(LoginPage.path)") { _, _ in login.page }
    router.post("\(LoginPage.path)") { try await login.signIn($0, context: $1) }
    pages.add(middleware: gate)
  }

  private func addHealth(to pages: RouterGroup<StatsContext>) {
    pages.get("/healthz") { _, _ in Response.plain("ok\n") }
    pages.get("/readyz") { _, _ in readiness() }
  }

  private func addMetrics(to pages: RouterGroup<StatsContext>) {
    pages.get("/metrics") { _, _ in
      Response.plain(PrometheusText.render(board), type: PrometheusText.contentType)
    }
  }

  private func stats(_ context: StatsContext) async -> Response {
    Failpoint.pass("stats.asked")
    do {
      let place = try sums.admit(context.address)
      defer { place.leave() }
      let summary = try await sums.ask { try $0.summary() }
      return .plain(StatsPage.render(board, summary: summary))
    } catch is HistoryDesk.Crowded {
      return crowded
    } catch {
      log.error("could not read the history", metadata: ["error": "\(error)"])
      return .plain(StatsPage.render(board, summary: nil))
    }
  }

  private func readiness() -> Response {
    if board.shutdownStage != .running {
      return .plain("shutting down\n", status: .serviceUnavailable)
    }
    if board[.directoryUnusable] == 1 {
      return .plain(
        "the data directory cannot be used; the log says why\n", status: .serviceUnavailable)
    }
    if board[.recorderReady] == 0 {
      return .plain("the recorder cannot record now\n", status: .serviceUnavailable)
    }
    return .plain("ready\n")
  }

  /// Returns the history as JSON, filtered by `?limit=` (100 by default, at most 10000), `?client=`
  /// and `?name=`.
  private func history(_ request: Request, context: StatsContext) async -> Response {
    do {
      let answer = try await HistoryAnswer(
        try HistoryParameters.filter(request.uri), desk: rows, for: context.address,
        peer: await Peer.of(context.channel))
      return Response(
        status: .ok, headers: [.contentType: "application/json"], body: answer.body)
    } catch let unusable as HistoryParameters.Unusable {
      return .plain("\(unusable)\n", status: .badRequest)
    } catch let unanswerable as HistoryFilter.Unanswerable {
      return .plain("\(unanswerable)\n", status: .badRequest)
    } catch let brokenOff as QuestionBrokenOff {
      return .plain("\(brokenOff)\n", status: .serviceUnavailable)
    } catch is HistoryDesk.Crowded {
      return crowded
    } catch {
      log.error("could not read the history", metadata: ["error": "\(error)"])
      return .plain("the history cannot be read now\n", status: .serviceUnavailable)
    }
  }

  private var crowded: Response {
    var response = Response.plain(
      "\(StatsRoutes.perAddress) questions of this address are already being answered\n",
      status: .serviceUnavailable)
    response.headers[.retryAfter] = "2"
    return response
  }
}
