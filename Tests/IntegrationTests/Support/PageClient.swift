import Foundation
import Testing

/// The answer to a request for a page.
struct PageAnswer {
  let status: Int
  let headers: [String: String]
  let body: String
}

extension Receiver {
  /// Asks for a page without a library that keeps cookies or follows redirections. `arguments` are
  /// those of page_client.py.
  func ask(_ path: String, scheme: String = "http", _ arguments: String...) async throws
    -> [PageAnswer]
  {
    let url = "\(scheme)://\(http)\(path)"
    let outcome = try await Programs.python("page_client.py", [url] + arguments)
    try #require(outcome.status == 0, "\(outcome.err)")
    return try outcome.objects.map {
      PageAnswer(
        status: try #require($0["status"] as? Int),
        headers: try #require($0["headers"] as? [String: String]),
        body: try #require($0["body"] as? String))
    }
  }

  /// Makes a token with `xferd token add` and returns it.
  func makeToken(_ name: String, _ arguments: String...) async throws -> String {
    let made = try await Programs.xferd(["token", "add", name, "--data", data] + arguments)
    try #require(made.status == 0, "\(made.err)")
    return try #require(made.lines.first)
  }
}
