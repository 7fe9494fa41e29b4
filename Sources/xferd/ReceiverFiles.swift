/// The names of files in the data directory that commands and the receiver share.
enum ReceiverFiles {
  /// The directory of the receiver's own key and certificate.
  static func identity(in data: String) -> String { data + "/identity" }
}
