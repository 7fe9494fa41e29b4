import Hummingbird

/// Refuses a request that has a body, because no page accepts one. A body that is sent anyway is
/// discarded until the connection has been idle for too long.
struct NoBodies: RouterMiddleware {
  func handle(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    let length = request.headers[.contentLength] ?? "0"
    guard length == "0", request.headers[.transferEncoding] == nil else {
      return Response(
        status: .contentTooLarge,
        headers: [.contentType: "text/plain; charset=utf-8", .connection: "close"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: "no page accepts a body\n")))
    }
    return try await next(request, context)
  }
}
