import FoundationEssentials
import Glibc
import Testing

@testable import XferClient

@Suite("A machine is identified by its host name and its machine-id(5)")
struct MachineTests {
  @Test("The identity has the host name, a line end and the machine-id(5)")
  func identityHasHostNameAndMachineID() {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let file = FileManager.default.contents(atPath: "/etc/machine-id")
    let id = file.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(!host.isEmpty)
    #expect(Machine.identity == host + "\n" + id)
  }
}
