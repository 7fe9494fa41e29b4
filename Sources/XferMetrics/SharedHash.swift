/// Numbers for texts that are the same in all processes of a receiver.
///
/// Swift's hash has a key that the runtime draws at random when the program starts, before the
/// first fork. So a peer cannot choose addresses that share the numbers of another client.
enum SharedHash {
  /// Returns a number that is not 0.
  static func number(of text: String) -> Int64 {
    let hash = bits(of: text)
    return hash == 0 ? 1 : Int64(bitPattern: hash)
  }

  /// Returns one of the numbers below `count`.
  static func index(of text: String, below count: Int) -> Int {
    Int(bits(of: text) % UInt64(count))
  }

  private static func bits(of text: String) -> UInt64 {
    UInt64(bitPattern: Int64(text.hashValue))
  }
}
