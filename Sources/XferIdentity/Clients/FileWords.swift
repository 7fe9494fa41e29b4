extension StringProtocol {
  /// The words between blanks. CR is a blank, so that a file of another system can be read.
  var fileWords: [Substring] {
    Substring(String(self)).unicodeScalars.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      .map { Substring($0) }
  }
}
