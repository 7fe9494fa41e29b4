import HTTPTypes
import Hummingbird
import NIOCore

/// The page /login: a form that keeps a token in a cookie, for a browser. The token is never part
/// of an address, because addresses are logged and kept in the list of visited pages.
struct LoginPage: Sendable {
  /// The path of the form.
  static let path = "/login"
  /// The largest form that is read, in bytes.
  static let form = 1024

  let gate: TokenGate
  /// True if the pages are served with TLS.
  let isEncrypted: Bool

  private struct Form: Decodable { let token: String }

  /// The form.
  var page: Response { page(saying: "") }

  /// The form below a paragraph of HTML.
  private func page(
    saying paragraph: String, status: HTTPResponse.Status = .ok
  ) -> Response {
    let body = """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>xferd</title>
      \(paragraph)<form method="post" action="\(LoginPage.path)">
      <label>Token <input type="password" name="token" autocomplete="current-password"></label>
      <button>Sign in</button>
      </form>
      <p>Run <code>xferd token add NAME</code> on the receiver's host to make a token.</p>
      </html>

      """
    return .plain(body, type: "text/html; charset=utf-8", status: status)
  }

  /// The form with the reason of a refusal, because a person reads the answer.
  private func page(saying refusal: Response) -> Response {
    let why =
      refusal.status == .tooManyRequests
      ? "Too many wrong tokens came from this address. Wait some seconds, and try again."
      : "This token is not valid: it is mistyped, removed or expired."
    var page = page(saying: "<p role=\"alert\">\(why)</p>\n", status: refusal.status)
    for field in [HTTPField.Name.wwwAuthenticate, .retryAfter] {
      page.headers[field] = refusal.headers[field]
    }
    return page
  }

  /// Sets the cookie and leads to /stats, or refuses the token.
  func signIn(_ request: Request, context: StatsContext) async throws -> Response {
    // A form of another site must not sign a browser in (Fetch Metadata, W3C).
    let origin = request.headers[HTTPField.Name("Sec-Fetch-Site")!]
    guard origin == nil || origin == "same-origin" || origin == "none" else {
      return .plain("the form of another site is refused\n", status: .forbidden)
    }
    let body = try await request.body.collect(upTo: LoginPage.form)
    let form = try? URLEncodedFormDecoder().decode(Form.self, from: String(buffer: body))
    let token = String(form?.token.filter { !$0.isWhitespace } ?? "")
    if let refusal = gate.refusal(of: token, from: context.address) {
      return page(saying: refusal)
    }
    return signedIn(with: token)
  }

  private func signedIn(with token: String) -> Response {
    let cookie = Cookie(
      name: TokenGate.cookie, value: token, path: "/", secure: isEncrypted, httpOnly: true,
      sameSite: .strict)
    return Response(
      status: .seeOther, headers: [.location: "/stats", .setCookie: cookie.description])
  }
}
