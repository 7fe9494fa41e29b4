import HTTPTypes
import Hummingbird

/// Adds the headers that tell a browser to do nothing with a page but to show it. No header permits
/// a page of another origin to read an answer (CORS), so that none can.
struct SecurityHeaders: RouterMiddleware {
  /// True if the pages are served with TLS.
  let isEncrypted: Bool

  private static let fixed: [(HTTPField.Name, String)] = [
    (.contentSecurityPolicy, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    (.xContentTypeOptions, "nosniff"),
    (.cacheControl, "no-store"),
    (HTTPField.Name("Referrer-Policy")!, "no-referrer"),
    (HTTPField.Name("X-Frame-Options")!, "DENY"),
    (HTTPField.Name("Cross-Origin-Opener-Policy")!, "same-origin"),
    (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
  ]

  /// A year in which a browser uses no connection without TLS (RFC 6797).
  private static let onlyEncrypted = "max-age=31536000"

  func handle(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    var response = try await answer(request, context: context, next: next)
    for (name, value) in SecurityHeaders.fixed { response.headers[name] = value }
    if isEncrypted {
      response.headers[.strictTransportSecurity] = SecurityHeaders.onlyEncrypted
    }
    return response
  }

  /// Makes an answer of an error here, because the library would do so behind this middleware.
  private func answer(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as any HTTPResponseError {
      return try error.response(from: request, context: context)
    }
  }
}
