import SystemPackage
import XferSystem

/// A TCP connection without encryption. Each call is one system call.
package struct PlainTransport: Sendable {
  let descriptor: FileDescriptor

  /// Takes over a connected socket.
  package init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  func prepareBlocking(timeout: Duration) throws(SystemFailure) {
    try descriptor.setTimeouts(milliseconds: timeout.milliseconds)
    try descriptor.sendWithoutDelay()
    try descriptor.keepAlive()
  }

  func prepareNonBlocking() throws(SystemFailure) {
    try descriptor.setNonBlocking(true)
    try descriptor.keepAlive()
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool)
    throws(SystemFailure) -> Received
  {
    try descriptor.receive(into: buffer, whole: whole)
  }

  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(SystemFailure) -> Int {
    try descriptor.send(bytes, more: more)
  }

  /// Uses sendfile(2), so that the content is not copied through this process.
  func sendFile(_ file: FileDescriptor, at offset: Int64, count: Int)
    throws(SystemFailure) -> SentFile
  {
    try descriptor.sendFile(file, at: offset, count: count)
  }

  func shutdownSending() { descriptor.shutdownSending() }

  /// A peer that has closed its sending side may still read. A socket that was closed looks the
  /// same until bytes are sent to it.
  var peerState: PeerState {
    var set = PollSet()
    let slot = set.add(descriptor, .end)
    guard (try? set.wait(milliseconds: 0)) != nil, set.isReady(slot) else { return .there }
    return set.isBroken(slot) ? .gone : .silent
  }

  /// The address of the peer (getpeername(2)); nil if it has disconnected.
  package var peerAddress: SocketAddress? { descriptor.peerAddress }

  func close() { try? descriptor.close() }
}
