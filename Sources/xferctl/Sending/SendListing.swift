import XferClient
import XferCommand
import XferText

/// Prints the files of a run that sends nothing.
struct SendListing {
  private let list: SendList

  init(_ list: SendList) { self.list = list }

  /// Prints one line for each file, and the sum.
  func print() {
    for file in list.files + list.directories {
      let size = file.kind == .file ? Readable.bytes(file.size) : file.kind.noun
      Terminal.out("would send  \(file.name)  \(size)\n")
    }
    var sum = "\(Readable.count(list.files.count, of: "file")), \(Readable.bytes(list.bytes))"
    if !list.directories.isEmpty {
      sum += ", \(Readable.count(list.directories.count, of: "directory"))"
    }
    Terminal.out(sum + "; nothing was sent\n")
  }

  /// Prints one JSON object for each file.
  func printJSON() {
    for file in list.files + list.directories { JSONDisplay.printListed(file) }
  }
}
