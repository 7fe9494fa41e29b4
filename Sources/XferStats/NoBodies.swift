import Hummingbird

/// Refuses a request that has a body: no page takes one. What comes of it all the same is thrown away, for as long as
/// a connection without a word may stay.
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
        body: ResponseBody(byteBuffer: ByteBuffer(string: "no page takes a body\n")))
    }
    return try await next(request, context)
  }
}
