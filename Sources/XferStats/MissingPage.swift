import Hummingbird

/// Answers a request for a page that does not exist with the paths of those that do.
struct MissingPage: RouterMiddleware {
  /// The paths, one a line.
  let list: String

  func handle(
    _ request: Request, context: StatsContext,
    next: (Request, StatsContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError {
      guard error.status == .notFound else { throw error }
      return .plain("there is no such page; the pages are\n\(list)", status: .notFound)
    }
  }
}
