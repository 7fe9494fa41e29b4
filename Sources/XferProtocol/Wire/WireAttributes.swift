/// What a message may say beyond its fixed fields: tagged values up to the payload's end. A later
/// version adds tags, not fields. Who does not know an odd tag passes over it; an even one must be
/// understood, so a message with an unknown even tag is refused.
public struct WireAttributes: Equatable, Sendable {
  public private(set) var values: [UInt8: [UInt8]] = [:]

  public init() {}

  public subscript(tag: UInt8) -> [UInt8]? {
    get { values[tag] }
    set { values[tag] = newValue }
  }

  public func int64(_ tag: UInt8) -> Int64? {
    guard let bytes = values[tag], bytes.count == 8 else { return nil }
    return bytes.reduce(0) { $0 << 8 | Int64($1) }
  }

  public mutating func set(_ tag: UInt8, _ value: Int64) {
    values[tag] = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }

  /// The unknown tags that may not be passed over.
  public func unknownMandatory(known: Set<UInt8>) -> [UInt8] {
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
        throw WireError("attribute \(tag) twice in a message")
      }
    }
  }
}
