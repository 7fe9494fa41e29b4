/// Tagged values after the fixed fields of a message, up to the end of its payload. A later version
/// adds tags, not fields. A peer ignores an odd tag that it does not know, and refuses a message
/// with an even one.
package struct WireAttributes: Equatable, Sendable {
  /// Values by tag.
  package private(set) var values: [UInt8: [UInt8]] = [:]

  /// Starts without attributes.
  package init() {}

  /// The value of a tag; nil if the tag is missing.
  package subscript(tag: UInt8) -> [UInt8]? {
    get { values[tag] }
    set { values[tag] = newValue }
  }

  /// Returns nil if there is no such tag or its value is not 8 bytes long.
  package func int64(_ tag: UInt8) -> Int64? {
    guard let bytes = values[tag], bytes.count == 8 else { return nil }
    return bytes.reduce(0) { $0 << 8 | Int64($1) }
  }

  /// Stores an integer in 8 bytes.
  package mutating func set(_ tag: UInt8, to value: Int64) {
    values[tag] = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }

  /// Returns a text that a peer sent, made safe to show. Returns nil if there is no such tag or its
  /// value is not UTF-8.
  package func text(_ tag: UInt8) -> String? {
    values[tag].flatMap { String(validating: $0, as: UTF8.self) }.map(PeerText.sanitized)
  }

  /// Stores a text in UTF-8.
  package mutating func set(_ tag: UInt8, to text: String) { values[tag] = Array(text.utf8) }

  /// Returns the even tags that are not in `known`, in ascending order.
  package func unknownMandatory(known: Set<UInt8>) -> [UInt8] {
    values.keys.filter { $0.isMultiple(of: 2) && !known.contains($0) }.sorted()
  }

  func encode(into writer: inout WireWriter) {
    for (tag, value) in values.sorted(by: { $0.key < $1.key }) {
      writer.write(tag)
      writer.write(UInt16(value.count))
      writer.write(raw: value)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    while !reader.isAtEnd {
      let tag = try reader.uint8()
      let value = Array(try reader.take(Int(try reader.uint16())))
      guard values.updateValue(value, forKey: tag) == nil else {
        throw WireError("duplicate attribute \(tag) in a message")
      }
    }
  }
}
