import Glibc

/// Identifies this machine.
enum Machine {
  /// The host name and machine-id(5).
  static let identity: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return host + "\n" + machineID
  }()

  /// machine-id(5). It is empty in many containers, but these have their own host names.
  private static var machineID: String {
    guard let file = fopen("/etc/machine-id", "r") else { return "" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, 63, file) != nil else { return "" }
    return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
