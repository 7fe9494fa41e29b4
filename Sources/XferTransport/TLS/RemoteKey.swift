import NIOCore
import NIOSSL
import XferIdentity

/// A private key that this process does not have. Another process signs with it.
package struct RemoteKey: NIOSSLCustomPrivateKey, Hashable {
  /// Signs bytes, which are not hashed yet. It runs on the thread that uses the transport.
  package typealias Sign = @Sendable (SigningAlgorithm, [UInt8]) throws -> [UInt8]

  private let algorithms: [SigningAlgorithm]
  private let sign: Sign

  /// Creates a key that can make signatures of these kinds.
  package init(_ algorithms: [SigningAlgorithm], sign: @escaping Sign) {
    self.algorithms = algorithms
    self.sign = sign
  }

  package var signatureAlgorithms: [SignatureAlgorithm] {
    algorithms.map { SignatureAlgorithm(rawValue: $0.rawValue) }
  }

  package func sign(
    channel: any Channel, algorithm: SignatureAlgorithm, data: ByteBuffer
  ) -> EventLoopFuture<ByteBuffer> {
    do {
      guard let kind = SigningAlgorithm(rawValue: algorithm.rawValue) else {
        throw UnknownAlgorithm()
      }
      let signature = try sign(kind, Array(data.readableBytesView))
      return channel.eventLoop.makeSucceededFuture(ByteBuffer(bytes: signature))
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  /// Never called: TLS 1.3 has no key exchange that decrypts by the private key.
  package func decrypt(channel: any Channel, data: ByteBuffer) -> EventLoopFuture<ByteBuffer> {
    channel.eventLoop.makeFailedFuture(UnknownAlgorithm())
  }

  private struct UnknownAlgorithm: Error, CustomStringConvertible {
    var description: String { "the key makes no signature of this kind" }
  }

  // Two keys are never compared. NIOSSL requires the conformance.
  package static func == (left: RemoteKey, right: RemoteKey) -> Bool {
    left.algorithms == right.algorithms
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(algorithms) }
}
