import SystemPackage
import XferIdentity
import XferProtocol
import XferSystem

/// The session's end of the channel to the process that holds the private key. A session has one
/// of its own, so that no reply can be that to another session.
package final class KeysChannel {
  /// The process does not answer, or refuses to sign.
  package struct Failure: Error, CustomStringConvertible {
    /// The reason in lower case.
    package let description: String
  }

  /// The time that a reply may take. The process may be restarting.
  private static let patience = Duration.seconds(5)

  /// Nil after the end.
  private var connection: FileDescriptor?
  private let input = FrameBuffer(capacity: WireLimits.payload + WireLimits.frameHeader)

  /// Connects. Waits in the backlog while the process is being restarted.
  package init(_ listener: LocalListener) throws {
    let connection = try listener.connect()
    self.connection = connection
    try connection.setTimeouts(milliseconds: KeysChannel.patience.milliseconds)
  }

  deinit { close() }

  /// Disconnects. Nothing can be asked afterwards.
  package func close() {
    try? connection?.close()
    connection = nil
  }

  /// Returns the certificate chain of the receiver, the kind of signature that its key makes, and
  /// the identity of the commands on its own host.
  package func certificate() throws -> (chain: [[UInt8]], algorithm: SigningAlgorithm, host: Pin) {
    guard case .certificate(let chain, let number, let host) = try ask(.certificate),
      let algorithm = SigningAlgorithm(rawValue: number)
    else { throw Failure(description: "the key process sent no certificate") }
    return (chain, algorithm, host)
  }

  /// Returns the signature of the bytes of a handshake.
  package func sign(_ algorithm: SigningAlgorithm, _ bytes: [UInt8]) throws -> [UInt8] {
    guard case .signature(let signature) = try ask(.sign(algorithm: algorithm.rawValue, bytes))
    else { throw Failure(description: "the key process refused to sign") }
    return signature
  }

  private func ask(_ request: KeyRequest) throws -> KeyReply {
    guard let connection else { throw Failure(description: "the key process was left") }
    var writer = WireWriter()
    request.encode(into: &writer)
    let sent = try writer.bytes.withUnsafeBytes { try connection.send($0) }
    while sent == writer.bytes.count {
      if let frame = try input.nextFrame() { return try KeyReply(frame) }
      guard case .bytes(let count) = try connection.receive(into: input.space()) else { break }
      input.filled(count)
    }
    throw Failure(description: "the key process does not answer")
  }
}
