import XferProtocol

extension PublishedFiles {
  /// Begins to publish files in `files/`.
  package func newNames() -> any NewNames { NewLocalNames(self) }
}

/// The names that a group gives to files in `files/`.
private final class NewLocalNames: NewNames {
  private let published: PublishedFiles
  private var touched = TouchedDirectories()

  init(_ published: PublishedFiles) { self.published = published }

  func publish(_ held: SealedFiles.Held, as name: FileName, mode: UInt32?) throws {
    try published.publish(held, as: name, mode: mode, touched: &touched)
  }

  func make(_ properties: FileAttributes, as name: FileName) throws {
    try published.make(properties, as: name, touched: &touched)
  }

  func add(_ name: FileName) throws {
    _ = try touched.open(name.components.dropLast().map(String.init), below: published.files)
  }

  func sync() throws { try touched.sync() }

  func close() { touched.close() }
}
