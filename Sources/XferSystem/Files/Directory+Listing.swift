import Glibc
import SystemPackage

extension Directory {
  /// The names in a directory.
  package struct Listing: Sendable {
    /// The names in the form of `PathText`, without `.` and `..`, in no order.
    package var names: [String] = []
    /// The error that ended the listing early. Nil if the listing is complete.
    package var trouble: SystemFailure?
  }

  /// Returns all names. Throws if the directory cannot be read to its end.
  package func names() throws(SystemFailure) -> Listing {
    let listing = try listing()
    if let trouble = listing.trouble { throw trouble }
    return listing
  }

  /// Returns the names that can be read, for a caller that can use and report an incomplete
  /// listing. Throws if the directory cannot be opened.
  package func listing() throws(SystemFailure) -> Listing {
    let copy = try openFile(".", O_RDONLY | O_DIRECTORY)
    guard let stream = fdopendir(copy.rawValue) else {
      let code = Errno(rawValue: errno)
      try? copy.close()
      throw SystemFailure("list a directory", code)
    }
    defer { closedir(stream) }
    var listing = Listing()
    do {
      while let name = try Directory.nextName(stream) { listing.add(name) }
    } catch {
      listing.trouble = error
    }
    return listing
  }

  /// Returns the bytes of the next name. Returns nil at the end. readdir(3) returns NULL both at
  /// the end and on an error, so that only errno distinguishes the two.
  private static func nextName(_ stream: OpaquePointer) throws(SystemFailure) -> [UInt8]? {
    errno = 0
    guard let entry = readdir(stream) else {
      let code = errno
      if code == 0 { return nil }
      throw SystemFailure("list a directory to its end", Errno(rawValue: code))
    }
    return withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
  }
}

extension Directory.Listing {
  fileprivate mutating func add(_ name: [UInt8]) {
    let text = PathText.text(name)
    if text != "." && text != ".." { names.append(text) }
  }
}
