import Testing
import XferText

@Suite("Text takes the columns that a terminal gives it")
struct TextWidthTests {
  @Test(
    "A wide character takes two columns, a mark none",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("한", 2),
      ("🚚", 2), ("…", 1), ("a\u{200b}b", 2), ("Ω", 1), ("→", 1),
    ])
  func columnsAreCounted(_ text: String, _ columns: Int) {
    #expect(TextWidth.columns(of: text) == columns)
  }

  @Test("A text that fits is not cut")
  func shortTextIsKept() {
    #expect(TextWidth.cut("abc", to: 3) == "abc")
    #expect(TextWidth.cut("", to: 0) == "")
  }

  @Test(
    "A long text is cut in its middle",
    arguments: [
      ("abcdefghij", 7, "ab…ghij"), ("abcdefghij", 2, "…j"), ("abcdefghij", 1, "…"),
      ("abcdefghij", 0, ""), ("日本語日本語", 7, "日…本語"), ("日本語日本語", 6, "…本語"),
    ])
  func longTextIsCut(_ text: String, _ columns: Int, _ cut: String) {
    #expect(TextWidth.cut(text, to: columns) == cut)
    #expect(TextWidth.columns(of: TextWidth.cut(text, to: columns)) <= columns)
  }

  @Test("A text is filled with blanks by its columns")
  func textIsPadded() {
    #expect(TextWidth.padded("日", to: 4) == "日  ")
    #expect(TextWidth.padded("abcde", to: 4) == "abcde")
    #expect(TextWidth.prefix("日本語", 3) == "日")
  }
}
