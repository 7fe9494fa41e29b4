import XferSystem

// The attributes of an offer that describe its file. docs/protocol.md, "Bytes".
extension FileAttributes {
  private static let modifiedAttribute: UInt8 = 1
  private static let kindAttribute: UInt8 = 2
  private static let modeAttribute: UInt8 = 3
  private static let targetAttribute: UInt8 = 4

  /// The even attributes of these properties, which a receiver of version 3 understands.
  static let mandatory: Set<UInt8> = [kindAttribute, targetAttribute]

  /// The maximum number of bytes in the target of a link (PATH_MAX of Linux, without its NUL).
  package static let longestTarget = 4095

  /// Stores the properties in the attributes of an offer.
  func write(to attributes: inout WireAttributes) {
    if let modified { attributes.set(FileAttributes.modifiedAttribute, to: modified) }
    if let mode { attributes.set(FileAttributes.modeAttribute, to: Int64(mode)) }
    if kind != .file { attributes[FileAttributes.kindAttribute] = [kind.number] }
    if case .link(let target) = kind {
      attributes[FileAttributes.targetAttribute] = PathText.bytes(target)
    }
  }

  /// Reads the properties from the attributes of an offer. Throws a `Refusal` if the kind is not
  /// known, or if a link has no valid target.
  init(_ attributes: WireAttributes) throws(Refusal) {
    let kind = attributes[FileAttributes.kindAttribute]
    let target = attributes[FileAttributes.targetAttribute]
    switch (kind, target) {
    case (nil, nil): self.kind = .file
    case ([1], nil): self.kind = .directory
    case ([2], let target?):
      self.kind = .link(target: try FileAttributes.checked(target))
    default: throw Refusal(.notSupported, "the offer has a kind of file that is not known here")
    }
    mode = attributes.int64(FileAttributes.modeAttribute).map { UInt32($0 & 0o7777) }
    modified = attributes.int64(FileAttributes.modifiedAttribute)
  }

  private static func checked(_ target: [UInt8]) throws(Refusal) -> String {
    guard 1...longestTarget ~= target.count, !target.contains(0) else {
      throw Refusal(
        .badName,
        "the target of the link has \(target.count) bytes; a target has 1 to \(longestTarget) "
          + "without a NUL")
    }
    return PathText.text(target)
  }
}

// The attributes of a row that describe its file. They are odd, so that an older client skips them.
extension FileAttributes {
  private static let rowKind: UInt8 = 7
  private static let rowMode: UInt8 = 9
  private static let rowModified: UInt8 = 11
  private static let rowTarget: UInt8 = 13

  /// Stores the properties in the attributes of a row.
  func write(toRow attributes: inout WireAttributes) {
    if kind != .file { attributes[FileAttributes.rowKind] = [kind.number] }
    if let mode { attributes.set(FileAttributes.rowMode, to: Int64(mode)) }
    if let modified { attributes.set(FileAttributes.rowModified, to: modified) }
    if let target = kind.target { attributes.set(FileAttributes.rowTarget, to: target) }
  }

  /// Reads the properties from the attributes of a row.
  init(row attributes: WireAttributes) {
    switch attributes[FileAttributes.rowKind] {
    case [1]: kind = .directory
    case [2]: kind = .link(target: attributes.text(FileAttributes.rowTarget) ?? "")
    default: kind = .file
    }
    mode = attributes.int64(FileAttributes.rowMode).map { UInt32($0 & 0o7777) }
    modified = attributes.int64(FileAttributes.rowModified)
  }
}
