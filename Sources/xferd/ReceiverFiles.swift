import XferIdentity
import XferKeys
import XferProtocol

/// Files of the data directory that commands and the receiver share.
enum ReceiverFiles {
  /// The directory of the receiver's own key and certificate.
  static func identity(in data: String) -> String { data + "/identity" }

  /// The identity of the receiver's key, as its clients see it: that of $XFERD_CERTIFICATE, or the
  /// receiver's own one, which is made if there is none.
  static func pin(in data: String) throws -> Pin {
    if let file = ProcessEnvironment.all[SettingTable.certificate.variable] {
      return try Credentials.pin(ofCertificate: file)
    }
    return try KeyFiles(PrivateDirectory(creating: identity(in: data)))
      .readOrMake(named: "xferd").pair.pin
  }
}
