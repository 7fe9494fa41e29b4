/// The bytes of the delivered files of one client.
package struct DeliveredBytes: Equatable, Sendable {
  /// The bytes of all files.
  package var all: UInt64
  /// The bytes of the files since a time.
  package var recent: UInt64

  /// Creates sums.
  package init(all: UInt64, recent: UInt64) {
    self.all = all
    self.recent = recent
  }
}
