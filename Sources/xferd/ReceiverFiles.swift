import XferIdentity
import XferKeys
import XferProtocol
import XferSystem
import XferTokens

/// Files of the data directory that commands and the receiver share.
enum ReceiverFiles {
  /// The directory of the receiver's own key and certificate.
  static func identity(in data: String) -> String { data + "/identity" }

  /// The directory of the tokens for the pages. It is apart, so that the process that serves them
  /// can read nothing else.
  static func tokens(in data: String) -> String { data + "/http" }

  /// The tokens, for a command. Makes their directory if it is missing.
  static func tokenFile(in data: String) throws -> TokenFile {
    try PrivateDirectory(creating: tokens(in: data)).close()
    return TokenFile(directory: tokens(in: data))
  }

  /// Makes the directories of key and tokens, which processes in a sandbox could not make.
  static func makeDirectories(in data: String) throws {
    for path in [identity(in: data), tokens(in: data)] {
      try PrivateDirectory(creating: path).close()
    }
  }

  /// The identity of the receiver's key, as its clients see it. A receiver that runs has kept it,
  /// because its certificate may be known to its own command line alone. If none runs here, it is
  /// that of $XFERD_CERTIFICATE, or the one that was kept last, or the receiver's own one, which is
  /// made if there is none.
  static func pin(in data: String) throws -> Pin {
    let files = KeyFiles(try PrivateDirectory(creating: identity(in: data)))
    let kept = try files.keptPin()
    if let kept, try RunningReceiver(data) != nil { return kept }
    if let file = ProcessEnvironment.all[SettingTable.certificate.variable] {
      return try Credentials.pin(ofCertificate: file)
    }
    return try kept ?? files.readOrMake(named: "xferd").pair.pin
  }
}
