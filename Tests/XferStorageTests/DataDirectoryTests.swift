import FoundationEssentials
import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("The data directory is created, opened and locked")
struct DataDirectoryTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  @Test("An existing data directory is opened without a change")
  func existingDirectoryIsOpenedUnchanged() throws {
    try directory.publish([1], as: "a")
    let again = try DataDirectory(path: directory.path)
    again.incoming.close()
    again.files.close()
    #expect(directory.exists("incoming"))
    #expect(directory.content(of: "files/a") == [1])
  }

  @Test("Only the owner can read partial files")
  func incomingIsPrivate() throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("incoming"))
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test("The boot mark is kept during one boot, and another mark means a loss of power")
  func bootMarkDetectsPowerLoss() throws {
    let mark = try BootMark(directory.data)
    #expect(try !mark.detectsPowerLoss())
    try mark.set()
    let first = try Directory(path: directory.path).status(of: "boot-id")?.identity
    try mark.set()
    #expect(try Directory(path: directory.path).status(of: "boot-id")?.identity == first)
    #expect(try !mark.detectsPowerLoss())
    try directory.write([1], to: "boot-id")
    #expect(try mark.detectsPowerLoss())
  }

  @Test("A second receiver is refused the lock, with the path of the data directory")
  func secondReceiverIsRefused() throws {
    let lock = try directory.data.lock()
    let unusable = #expect(throws: UnusableDataDirectory.self) { try directory.data.lock() }
    #expect(unusable?.description.contains(directory.path) == true)
    try lock.close()
  }

  @Test("The lock of a data directory can be taken again after its release")
  func lockIsFreeAfterRelease() throws {
    try directory.data.lock().close()
    try directory.data.lock().close()
  }

  @Test("Missing parents of the data directory are created")
  func missingParentsAreCreated() throws {
    _ = try DataDirectory(path: directory.path("absent/more/data"))
    #expect(directory.exists("absent/more/data/incoming"))
  }

  @Test("The error for a directory that cannot be created names its path")
  func creationErrorNamesPath() throws {
    try directory.write([], to: "file")
    let path = directory.path("file/data")
    let error = #expect(throws: (any Error).self) { try DataDirectory(path: path) }
    #expect(error.map { "\($0)".contains(path) } == true)
  }
}
