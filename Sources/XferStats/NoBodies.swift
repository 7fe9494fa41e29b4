import Hummingbird

/// Refuses a request that has a body, because no page but the form of `LoginPage` accepts one. A
/// body that is sent anyway is discarded until the connection has been idle for too long.
struct NoBodies: RouterMiddleware {
  func handle(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    let isForm = request.method == .post && request.uri.path == LoginPage.path
    let most = isForm ? LoginPage.form : 0
    guard let length = Int(request.headers[.contentLength] ?? "0"), (0...most).contains(length),
      request.headers[.transferEncoding] == nil
    else {
      var response = Response.plain("no page accepts a body\n", status: .contentTooLarge)
      response.headers[.connection] = "close"
      return response
    }
    return try await next(request, context)
  }
}
