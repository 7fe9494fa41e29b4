extension StringProtocol {
  /// The lines of a text file. A line ends with LF alone or with CR and LF, which are one character
  /// in Swift, so that `split(separator: "\n")` would not see it. A CR stays in the line.
  package var fileLines: [Substring] {
    Substring(String(self)).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Substring($0) }
  }

  /// The words between blanks. CR is a blank, so that a file of another system can be read.
  var fileWords: [Substring] {
    Substring(String(self)).unicodeScalars.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      .map { Substring($0) }
  }
}
