import Testing

@testable import XferIdentity

@Suite("The name of a client")
struct ClientNameTests {
  @Test(
    "Letters, digits, dots, hyphens and underscores make a name",
    arguments: ["a", "7", "cam-7.site_2", "A.B", String(repeating: "x", count: 64), "1.2.3"])
  func validName(_ text: String) { #expect(ClientName(text)?.text == text) }

  @Test(
    "A text with another character, another beginning, or an address is no name",
    arguments: [
      "", "-a", ".a", "_a", "a b", "a/b", "a\n", "a\u{0}", "ä", "ａ", "\u{212A}am", "a=b", "#a",
      String(repeating: "x", count: 65), "10.0.0.1", "127.1.1.1",
    ])
  func invalidName(_ text: String) { #expect(ClientName(text) == nil) }
}
