import Hummingbird
import Logging
import NIOCore
import Synchronization
import XferMetrics
import XferSystem
import XferTokens

/// Serves a page only to a request with a valid token.
///
/// Wrong tokens are counted and never logged one by one. An address that sends many of them is told
/// to wait. A valid token is served all the same, so that no machine behind the same address can
/// lock another one out; nothing can be guessed, because a token is 256 random bits.
final class TokenGate: Sendable {
  /// The cookie that the page /login sets.
  static let cookie = "xferd_token"

  /// The wrong tokens of one address that are answered with 401: this many at once, and a second.
  private static let burst = 10.0
  private static let perSecond = 0.2
  /// The seconds after which an address may send another wrong token.
  private static let pause = "5"

  private let tokens: WatchedTokens
  private let board: Scoreboard
  private let log: Logger
  private let failures = Mutex(RateTable(perSecond: perSecond, burst: burst))

  init(_ file: TokenFile, board: Scoreboard, log: Logger) {
    tokens = WatchedTokens(file, log: log)
    self.board = board
    self.log = log
  }

  /// Returns nil if the request has a valid token, else the answer.
  func refusal(of request: Request, context: StatsContext) -> Response? {
    guard let text = TokenGate.token(of: request) else {
      return TokenGate.unauthorized("Bearer realm=\"xferd\"")
    }
    return refusal(of: text, from: context.address)
  }

  /// Returns nil if the text is a valid token, else the answer.
  func refusal(of text: String, from address: NIOCore.SocketAddress?) -> Response? {
    guard tokens.contain(text) else { return refuse(address) }
    return nil
  }

  private func refuse(_ address: NIOCore.SocketAddress?) -> Response {
    board.add(.tokensRefused)
    let key = AddressAdmission.key(address)
    guard failures.withLock({ $0.take(key, now: .now) }) else {
      var response = Response.plain(
        "too many wrong tokens came from this address\n", status: .tooManyRequests)
      response.headers[.retryAfter] = TokenGate.pause
      return response
    }
    return TokenGate.unauthorized("Bearer realm=\"xferd\", error=\"invalid_token\"")
  }

  private static func unauthorized(_ challenge: String) -> Response {
    var response = Response.plain(
      """
      this page needs a token: run "xferd token add NAME" on the receiver's host, and send the \
      token as "Authorization: Bearer TOKEN" or type it at /login

      """, status: .unauthorized)
    response.headers[.wwwAuthenticate] = challenge
    return response
  }

  /// The token of a request: of the header, else of the cookie (RFC 6750 section 2.1).
  private static func token(of request: Request) -> String? {
    guard let header = request.headers[.authorization] else {
      return request.cookies[cookie]?.value
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

extension TokenGate: RouterMiddleware {
  func handle(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    if let refusal = refusal(of: request, context: context) { return refusal }
    return try await next(request, context)
  }
}
