import XferProtocol
import NIOCore
import NIOSSL
import XferIdentity
import XferSystem

import struct SystemPackage.FileDescriptor

/// A TCP connection that is encrypted by TLS 1.3 (RFC 8446).
///
/// One thread uses it. No thread, timer or socket of NIO is behind it: each call encrypts or
/// decrypts, and sends or receives with the same system calls as `PlainTransport`.
package final class TLSTransport: @unchecked Sendable {
  /// The time after which a receive that waits for a whole buffer returns what it has, so that its
  /// owner can look at its signals.
  private static let slice = Duration.seconds(1)
  /// The bounds of the ciphertext that is received at once.
  private static let receives = 16 << 10...256 << 10

  let socket: PlainTransport
  private let channel: TLSChannel
  private let chain: PeerChain
  /// The memory for received ciphertext.
  private var ciphertext = ByteBuffer()
  /// The number of bytes that are encrypted and not all sent, so that `send` has not reported them.
  private var unreported = 0
  /// The memory for content of files; only a sender has it.
  private lazy var fileBuffer = AlignedBuffer(size: TLSChannel.piece)

  /// Takes over a connected socket and begins the handshake. `chain` is filled by the handler.
  init(
    _ handler: NIOSSLHandler, on socket: PlainTransport, peer: XferSystem.SocketAddress,
    chain: PeerChain
  ) throws(TransportFailure) {
    self.socket = socket
    self.chain = chain
    do {
      channel = try TLSChannel(handler, peer: try NIOCore.SocketAddress(peer))
    } catch {
      throw TransportFailure(tls: error)
    }
  }

  /// The identity of the peer's key; nil if it has sent no certificate.
  package var peerPin: Pin? { channel.peerCertificate.flatMap(Pin.init(certificate:)) }

  /// The certificates of the peer in DER, its own first.
  package var peerChain: [[UInt8]] {
    get throws { try chain.certificates.map { try $0.toDERBytes() } }
  }

  // MARK: Receiving

  func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool)
    throws(TransportFailure) -> Received
  {
    var done = channel.takeInput(into: buffer)
    if done > 0, !whole || done == buffer.count { return .bytes(done) }
    if done == 0 { try check() }
    let end = MonotonicTime.now + TLSTransport.slice
    repeat {
      if channel.hasInputEnded { return done > 0 ? .bytes(done) : .end }
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      guard let count = try receiveOnce(into: rest) else { break }
      done += count
    } while whole && done < buffer.count && .now < end
    return done > 0 ? .bytes(done) : channel.hasInputEnded ? .end : .nothing
  }

  /// Receives once and decrypts. Returns nil if the socket has nothing.
  private func receiveOnce(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportFailure) -> Int? {
    switch try receiveCiphertext(for: buffer.count) {
    case .nothing: return nil
    case .end:
      channel.feedEnd()
      try check()
      return 0
    case .bytes: return try feed(into: buffer)
    }
  }

  /// Receives ciphertext. The memory is larger for a larger buffer, so that a session that receives
  /// small files takes little.
  private func receiveCiphertext(for wanted: Int) throws(TransportFailure) -> Received {
    let limits = TLSTransport.receives
    let size = min(max(wanted, limits.lowerBound), limits.upperBound)
    ciphertext.clear(minimumCapacity: size)
    return try socket.receive(into: &ciphertext, atMost: size)
  }

  private func feed(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportFailure) -> Int {
    let count = channel.feed(ciphertext, into: buffer)
    try sendOutput()
    // What was decrypted before an error is valid, and the next receive throws the error.
    if count == 0 { try check() }
    return count
  }

  /// Feeds bytes that were received before TLS began.
  func feed(_ bytes: [UInt8]) throws(TransportFailure) {
    // TLS takes an empty buffer for the end of the connection.
    guard !bytes.isEmpty else { return }
    _ = channel.feed(
      ByteBuffer(bytes: bytes), into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    try sendOutput()
    try check()
  }

  /// An error counts as input, because poll(2) does not report it.
  var hasBufferedInput: Bool {
    channel.inputCount > 0 || channel.hasInputEnded || channel.failure != nil
  }

  // MARK: Sending

  /// Like send(2), but after 0 the same bytes must be given again, because some of them may be
  /// encrypted already.
  func send(_ bytes: UnsafeRawBufferPointer) throws(TransportFailure) -> Int {
    if unreported > 0 { return try sendUnreported() }
    guard try sendOutput() else { return 0 }
    let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(TLSChannel.piece))
    channel.encrypt(piece)
    try check()
    unreported = piece.count
    return try sendUnreported()
  }

  /// Returns the number of bytes that are now sent as ciphertext; 0 if some of it waits.
  private func sendUnreported() throws(TransportFailure) -> Int {
    guard try sendOutput() else { return 0 }
    defer { unreported = 0 }
    return unreported
  }

  /// Reads a piece of the file and sends it. sendfile(2) cannot encrypt.
  func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
    throws(TransportFailure) -> SentFile
  {
    if unreported > 0 { return TLSTransport.sentFile(try sendUnreported()) }
    let piece = UnsafeMutableRawBufferPointer(
      rebasing: fileBuffer.bytes.prefix(min(count, TLSChannel.piece)))
    let read = try TransportFailure.catching { () throws(SystemFailure) in
      try file.readAll(into: piece, at: offset)
    }
    if read == 0 { return .endOfFile }
    return TLSTransport.sentFile(
      try send(UnsafeRawBufferPointer(rebasing: piece.prefix(read))))
  }

  private static func sentFile(_ count: Int) -> SentFile { count == 0 ? .nothing : .bytes(count) }

  /// Sends the ciphertext that waits. Returns false if the socket would block.
  @discardableResult
  func sendOutput() throws(TransportFailure) -> Bool {
    while channel.output.readableBytes > 0 {
      let sent = try socket.sendReadable(of: channel.output)
      if sent == 0 { return false }
      channel.output.moveReaderIndex(forwardBy: sent)
    }
    return true
  }

  // MARK: Handshake and end

  /// True if the handshake is complete at this side.
  package var isEstablished: Bool { channel.isEstablished }

  /// Receives what is there and goes on with the handshake.
  package func continueHandshake() throws(TransportFailure) {
    let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    if case .end = try receive(into: nothing, whole: false) {
      throw .cut("the connection ended during the TLS handshake")
    }
  }

  /// The identity of the key that the peer has shown, before it is verified; nil if it has shown
  /// none.
  package var presentedPin: Pin? { chain.certificates.first.flatMap(Pin.init(certificate:)) }

  /// Throws the error of TLS, if there is one.
  func check() throws(TransportFailure) {
    if let failure = channel.failure { throw TransportFailure(tls: failure) }
  }

  /// Says that nothing more will be sent, by a message of TLS and by the end of the socket's
  /// direction.
  func shutdownSending() {
    channel.endOutput()
    _ = try? sendOutput()
    socket.shutdownSending()
  }

  func close() {
    channel.endOutput()
    _ = try? sendOutput()
    socket.close()
  }
}

extension Pin {
  /// Returns the identity of the key in a certificate; nil if the key cannot be read.
  init?(certificate: NIOSSLCertificate) {
    guard let key = try? certificate.extractPublicKey().toSPKIBytes() else { return nil }
    self.init(publicKey: key)
  }
}
