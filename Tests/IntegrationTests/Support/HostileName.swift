/// A name that a client may offer, and the outcome that the protocol promises.
struct HostileName: Sendable {
  enum Outcome: Equatable, Sendable {
    /// A file is published under exactly these bytes.
    case published([UInt8])
    /// The file is refused with a reason of docs/protocol.md.
    case refused(Int)
  }

  static let exists = 5
  static let badName = 6

  let bytes: [UInt8]
  let native: Outcome
  /// The outcome in the classic protocol; nil for a name that its header cannot hold.
  let classic: Outcome?

  /// A name that is published as it is. The classic protocol refuses it if it has a `/`.
  static func good(_ name: String) -> HostileName {
    let bytes = Array(name.utf8)
    let isFlat = !bytes.contains(UInt8(ascii: "/"))
    return HostileName(
      bytes: bytes, native: .published(bytes),
      classic: bytes.count > 255 ? nil : isFlat ? .published(bytes) : .refused(badName))
  }

  /// A name that breaks the rules.
  static func bad(_ bytes: [UInt8]) -> HostileName {
    HostileName(
      bytes: bytes, native: .refused(badName),
      classic: bytes.count > 256 ? nil : .refused(badName))
  }

  static func bad(_ name: String) -> HostileName { bad(Array(name.utf8)) }

  /// A name with a NUL, at which the classic protocol ends it.
  static func cut(_ name: String, at end: Int) -> HostileName {
    let bytes = Array(name.utf8)
    return HostileName(
      bytes: bytes, native: .refused(badName), classic: .published(Array(bytes[..<end])))
  }

  /// A name that is taken, or below a file.
  static func taken(_ name: String) -> HostileName {
    let bytes = Array(name.utf8)
    let isFlat = !bytes.contains(UInt8(ascii: "/"))
    return HostileName(
      bytes: bytes, native: .refused(exists), classic: .refused(isFlat ? exists : badName))
  }

  /// A name that is a directory once a file was published below it. The classic protocol makes no
  /// directories, so that the name is free there.
  static func directory(_ name: String) -> HostileName {
    let bytes = Array(name.utf8)
    return HostileName(bytes: bytes, native: .refused(exists), classic: .published(bytes))
  }
}
