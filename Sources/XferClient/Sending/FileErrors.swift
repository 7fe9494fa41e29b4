/// A file that cannot be sent; a retry does not help.
struct Unsendable: Error, CustomStringConvertible {
  let description: String

  init(_ why: String) { description = why }
}

/// The file changed while it was sent.
struct FileChanged: Error, CustomStringConvertible {
  var description: String { "the file changed while it was sent" }
}
