import Foundation
import Testing

@Suite("A browser may only show the pages", .timeLimit(.minutes(20)))
struct PageSecurityTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Every answer forbids scripts, frames and guesses, and permits no other origin",
    arguments: ["/", "/stats", "/history", "/history?limit=x", "/metrics", "/readyz", "/nothing"])
  func answersHaveHeaders(path: String) async throws {
    try await withReceiver { receiver in
      let headers = try #require(try await receiver.ask(path).first?.headers)
      let policy = try #require(headers["content-security-policy"])
      #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
      #expect(headers["x-content-type-options"] == "nosniff")
      #expect(headers["referrer-policy"] == "no-referrer")
      #expect(headers["cache-control"] == "no-store")
      #expect(headers["cross-origin-resource-policy"] == "same-origin")
      #expect(!headers.keys.contains { $0.hasPrefix("access-control-") })
      #expect(headers["strict-transport-security"] == nil)
    }
  }

  @Test("A page that does not exist names those that do", arguments: ["none", "token"])
  func missingPageNamesOthers(auth: String) async throws {
    try await withReceiver("--http-auth", auth) { receiver in
      let answer = try #require(try await receiver.ask("/nothing").first)
      #expect(answer.status == 404 && answer.headers["content-security-policy"] != nil)
      let pages = answer.body.split(separator: "\n").filter { $0.hasPrefix("/") }.map(String.init)
      #expect(pages.contains("/stats") && pages.contains("/login") == (auth == "token"))
      for page in pages {
        #expect([200, 401].contains(try await receiver.ask(page).first?.status), "\(page)")
      }
    }
  }

  /// Makes a certificate for 127.0.0.1 and its key.
  private func makeCertificate() async throws -> (certificate: String, key: String) {
    let (certificate, key) = (directory.path + "/c.pem", directory.path + "/k.pem")
    let made = try await Programs.run(
      "/usr/bin/env",
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", key, "-out", certificate, "-days", "3", "-subj", "/CN=test",
        "-addext", "subjectAltName=IP:127.0.0.1",
      ])
    try #require(made.status == 0, "\(made.err)")
    return (certificate, key)
  }

  @Test("With a certificate the pages are served over HTTPS alone")
  func pagesAreEncrypted() async throws {
    let (certificate, key) = try await makeCertificate()
    try await withReceiver(
      "--http-certificate", certificate, "--http-key", key, "--http-auth", "token"
    ) { receiver in
      let token = try await receiver.makeToken("a")
      let answer = try await receiver.ask(
        "/stats", scheme: "https", "--ca", certificate, "--header", "Authorization: Bearer \(token)"
      )
      #expect(answer.first?.status == 200)
      #expect(answer.first?.headers["strict-transport-security"] != nil)
      let login = try await receiver.ask(
        "/login", scheme: "https", "--ca", certificate, "--form", "token=\(token)")
      #expect(login.first?.headers["set-cookie"]?.contains("Secure") == true)
      let url = "http://\(receiver.http)/healthz"
      #expect(try await Programs.python("page_client.py", [url]).status != 0)
    }
  }

  @Test("A certificate that cannot be used ends the start with its name and the remedy")
  func unusableCertificateIsNamed() async throws {
    let (certificate, _) = try await makeCertificate()
    let other = try directory.text("other.pem", "no key\n")
    for key in [other, directory.path + "/missing"] {
      let end = try await runReceiver([
        "--data", directory.path + "/d", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
        "--http-certificate", certificate, "--http-key", key,
      ])
      #expect(end.status == 78 && end.err.contains(key) && end.err.contains("give PEM files"))
    }
  }

  @Test("The pages are on loopback alone unless an address is given")
  func pagesAreOnLoopback() async throws {
    do {
      try await withReceiver(http: nil) { receiver in
        #expect(receiver.http == "127.0.0.1:5080")
        let listeners = try ProcessTable.listeners(port: 5080)
        #expect(listeners == ["0100007F"], "127.0.0.1, in the order of /proc/net/tcp")
      }
    } catch let failure as DidNotStart {
      // Another receiver with the defaults runs on this machine.
      #expect(failure.log.contains("listen on 127.0.0.1:5080: address already in use"))
    }
  }

  @Test("The receiver's own key is refused as that of the pages, also under another path")
  func receiverKeyIsNotForPages() async throws {
    let (certificate, key) = try await makeCertificate()
    let link = directory.path + "/link.pem"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: key)
    for path in [key, link] {
      let end = try await runReceiver([
        "--data", directory.path + "/d", "--listen", "192.0.2.1:1",
        "--certificate", certificate, "--key", key,
        "--http-certificate", certificate, "--http-key", path,
      ])
      #expect(end.status == 64 && end.err.contains("\"\(path)\" is the receiver's own key"))
    }
  }
}
