import Foundation

/// Finds a port for a receiver that must restart on the same port.
enum FreePort {
  struct None: Error {}

  /// Ports below the ephemeral range of the kernel. Otherwise another receiver could bind the port
  /// while this one is down, and receive its transfers.
  private static let range = 10_000..<32_768

  static func find() throws -> Int {
    for _ in 0..<100 {
      let port = Int.random(in: range)
      if isFree(port) { return port }
    }
    throw None()
  }

  private static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
  }
}
