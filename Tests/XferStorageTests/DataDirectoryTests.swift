import FoundationEssentials
import Testing
import XferProtocol
import XferStorage
import XferSystem

@Suite("The data directory")
struct DataDirectoryTests {
  private let directory: TemporaryData

  init() throws { directory = try TemporaryData() }

  @Test("It is made with what belongs in it, and opened again as it is")
  func itIsMadeWithWhatBelongsInIt() throws {
    try directory.publish([1], as: "a")
    let again = try DataDirectory(path: directory.path)
    again.incoming.close()
    again.files.close()
    #expect(directory.exists("incoming"))
    #expect(directory.content(of: "files/a") == [1])
  }

  @Test("What is not delivered yet is for nobody else to read")
  func incomingIsPrivate() throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("incoming"))
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test("A mark of this start of the machine is left alone, and any other tells of a loss of power")
  func markOfThisStartOfMachineIsLeftAlone() throws {
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

  @Test("A second receiver cannot take it, and is told what to do")
  func secondReceiverCannotTakeIt() throws {
    let lock = try directory.data.lock()
    let unusable = #expect(throws: UnusableDataDirectory.self) { try directory.data.lock() }
    #expect(unusable?.description.contains(directory.path) == true)
    try lock.close()
  }

  @Test("When its receiver has ended, another can take it")
  func whenItsReceiverHasEnded() throws {
    try directory.data.lock().close()
    try directory.data.lock().close()
  }

  @Test("The directories above it are made, too")
  func directoriesAboveItAreMade() throws {
    _ = try DataDirectory(path: directory.path("absent/more/data"))
    #expect(directory.exists("absent/more/data/incoming"))
  }

  @Test("Where no directory can be made, the path is told")
  func whereNoDirectoryCanBeMade() throws {
    try directory.write([], to: "file")
    let path = directory.path("file/data")
    let error = #expect(throws: (any Error).self) { try DataDirectory(path: path) }
    #expect(error.map { "\($0)".contains(path) } == true)
  }
}
