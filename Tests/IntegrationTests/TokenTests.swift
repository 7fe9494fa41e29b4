import Foundation
import Testing

@Suite("Pages that name files or clients need a token", .timeLimit(.minutes(20)))
struct TokenTests {
  @Test("Without a token /stats and /history are refused with the way to make one")
  func missingTokenIsRefused() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      for path in ["/stats", "/history"] {
        let answer = try #require(try await receiver.ask(path).first)
        #expect(answer.status == 401 && answer.body.contains("xferd token add NAME"), "\(path)")
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
      }
      for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/metrics", 200)] {
        #expect(try await receiver.ask(path).first?.status == status, "\(path)")
      }
    }
  }

  @Test("--http-open none protects health and metrics, too")
  func openPagesAreChosen() async throws {
    try await withReceiver("--http-auth", "token", "--http-open", "none") { receiver in
      for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = try await receiver.ask(path).first
        #expect(answer?.status == 401, "\(path)")
      }
    }
  }

  @Test("A token opens the pages from the moment it is made until it is removed")
  func tokenOpensPages() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a")
      let header = "Authorization: Bearer \(token)"
      for path in ["/stats", "/history"] {
        #expect(try await receiver.ask(path, "--header", header).first?.status == 200, "\(path)")
      }
      let listed = try await Programs.xferd("token", "list", "--data", receiver.data)
      #expect(listed.out.contains("a ") && !listed.out.contains(token))
      _ = try await Programs.xferd("token", "remove", "a", "--data", receiver.data)
      #expect(try await receiver.ask("/stats", "--header", header).first?.status == 401)
    }
  }

  @Test("A token is refused after its --ttl")
  func expiredTokenIsRefused() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a", "--ttl", "0s")
      let header = "Authorization: Bearer \(token)"
      #expect(try await receiver.ask("/stats", "--header", header).first?.status == 401)
    }
  }

  @Test("The form at /login keeps a token in a cookie that no script can read")
  func loginSetsCookie() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a")
      #expect(try await receiver.ask("/login").first?.body.contains("<form") == true)
      let signedIn = try await receiver.ask("/login", "--form", "token=\(token)").first
      #expect(signedIn?.status == 303 && signedIn?.headers["location"] == "/stats")
      let cookie = try #require(signedIn?.headers["set-cookie"])
      #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
      let header = "Cookie: xferd_token=\(token)"
      #expect(try await receiver.ask("/history", "--header", header).first?.status == 200)
    }
  }

  @Test("A browser that signs in with a wrong token gets the form again, with the reason")
  func wrongTokenIsTold() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let answers = try await receiver.ask("/login", "--times", "40", "--form", "token=x")
      let (first, last) = (try #require(answers.first), try #require(answers.last))
      #expect(first.status == 401 && first.body.contains("This token is not valid"))
      #expect(first.headers["www-authenticate"]?.contains("invalid_token") == true)
      #expect(last.status == 429 && last.body.contains("Too many wrong tokens"))
      #expect(last.headers["retry-after"] != nil)
      for answer in [first, last] {
        #expect(answer.body.contains("<form") && answer.body.contains("xferd token add NAME"))
        #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
        #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        #expect(answer.headers["set-cookie"] == nil)
      }
    }
  }

  @Test("The form of another site cannot sign a browser in, and a long form is refused")
  func foreignAndLongFormsAreRefused() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a")
      let foreign = try await receiver.ask(
        "/login", "--form", "token=\(token)", "--header", "Sec-Fetch-Site: cross-site")
      #expect(foreign.first?.status == 403 && foreign.first?.headers["set-cookie"] == nil)
      let long = "token=" + String(repeating: "x", count: 2000)
      #expect(try await receiver.ask("/login", "--form", long).first?.status == 413)
    }
  }

  @Test("Wrong tokens are slowed down for each address, counted, and not logged one by one")
  func wrongTokensAreLimited() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a")
      let wrong = try await receiver.ask(
        "/stats", "--times", "40", "--header", "Authorization: Bearer guess")
      #expect(wrong.first?.status == 401 && wrong.last?.status == 429)
      #expect(wrong.last?.headers["retry-after"] != nil)
      let right = try await receiver.ask("/stats", "--header", "Authorization: Bearer \(token)")
      #expect(right.first?.status == 200, "no machine can lock out another one")
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("\nxfer_http_tokens_refused_total 40\n"))
      #expect(await receiver.log.count(of: "token") == 0)
    }
  }

  @Test("A file of tokens that other users can write opens no page")
  func writableFileOpensNoPage() async throws {
    try await withReceiver("--http-auth", "token") { receiver in
      let token = try await receiver.makeToken("a")
      #expect(chmod(receiver.data + "/http/tokens", 0o666) == 0)
      let answer = try await receiver.ask("/stats", "--header", "Authorization: Bearer \(token)")
      #expect(answer.first?.status == 401)
      #expect(await receiver.log.line(with: "run chmod 600") != nil)
    }
  }
}
