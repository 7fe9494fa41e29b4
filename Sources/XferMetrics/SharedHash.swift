/// Numbers for texts that are the same in every process: FNV-1a (RFC 9923).
enum SharedHash {
  /// Returns a number that is not 0.
  static func number(of text: String) -> Int64 {
    let hash = bits(of: text)
    return hash == 0 ? 1 : Int64(bitPattern: hash)
  }

  /// Returns one of the numbers below `count`.
  static func index(of text: String, below count: Int) -> Int {
    let hash = bits(of: text)
    return Int((hash ^ hash >> 32) % UInt64(count))
  }

  private static func bits(of text: String) -> UInt64 {
    text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
