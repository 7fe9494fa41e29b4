import FoundationEssentials
import Glibc
import SystemPackage
import Testing
import XferSystem

@testable import XferTransport

/// Two connected sockets; the transport under test is on the first one.
private final class Pair {
  let transport: Transport
  let peer: FileDescriptor

  init() throws {
    let listener = try Listener(Endpoint(host: "127.0.0.1", port: 0))
    defer { try? listener.descriptor.close() }
    let near = try connect(to: [listener.address], timeout: 10_000)
    var set = PollSet()
    _ = set.add(listener.descriptor, .read)
    try set.wait(milliseconds: 10_000)
    let (far, _) = try #require(try listener.accept())
    transport = .plain(PlainTransport(near))
    peer = far
  }

  deinit {
    transport.close()
    try? peer.close()
  }

  /// Waits until the transport has something to read.
  func awaitInput() throws -> Bool {
    var wait = TransportWait()
    let slot = wait.add(transport)
    try wait.wait(milliseconds: 10_000)
    return wait.isReadable(slot)
  }
}

@Suite("A plain transport carries bytes in both directions")
struct TransportTests {
  @Test("Sent bytes arrive, and received bytes are those that were sent")
  func bytesArrive() throws {
    let pair = try Pair()
    try pair.transport.prepareNonBlocking()
    let sent = try Array("hello".utf8).withUnsafeBytes { try pair.transport.send($0) }
    #expect(sent == 5)
    var buffer = [UInt8](repeating: 0, count: 5)
    #expect(try buffer.withUnsafeMutableBytes { try pair.peer.read(into: $0) } == 5)
    #expect(buffer == Array("hello".utf8))

    try pair.peer.writeAll(Array("world".utf8))
    #expect(try pair.awaitInput())
    let received = try buffer.withUnsafeMutableBytes { try pair.transport.receive(into: $0) }
    guard case .bytes(5) = received else {
      Issue.record("\(received)")
      return
    }
    #expect(buffer == Array("world".utf8))
  }

  @Test("A receive without input returns at once that there is nothing")
  func receiveDoesNotBlock() throws {
    let pair = try Pair()
    try pair.transport.prepareNonBlocking()
    var buffer = [UInt8](repeating: 0, count: 5)
    let received = try buffer.withUnsafeMutableBytes { try pair.transport.receive(into: $0) }
    guard case .nothing = received else {
      Issue.record("\(received)")
      return
    }
  }

  @Test("A part of a file arrives")
  func partOfFileArrives() throws {
    let pair = try Pair()
    let path = FileManager.default.temporaryDirectory.path + "/xfer-transport-\(getpid())"
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer {
      try? file.close()
      unlink(path)
    }
    try file.writeAll(Array("0123456789".utf8))
    _ = try pair.transport.sendFile(file, at: 3, count: 4)
    var buffer = [UInt8](repeating: 0, count: 4)
    #expect(try buffer.withUnsafeMutableBytes { try pair.peer.read(into: $0) } == 4)
    #expect(buffer == Array("3456".utf8))
  }

  @Test("A peer that closes its sending side is silent, and one that resets is gone")
  func peerStateFollowsPeer() throws {
    let pair = try Pair()
    #expect(pair.transport.peerState == .there)
    Glibc.shutdown(pair.peer.rawValue, Int32(SHUT_WR))
    #expect(try pair.awaitInput())
    #expect(pair.transport.peerState == .silent)
    pair.transport.shutdownSending()
    #expect(pair.transport.peerState == .gone)
  }

  @Test("The end of the sending direction reaches the peer behind the bytes before it")
  func endFollowsBytes() throws {
    let pair = try Pair()
    _ = try Array("x".utf8).withUnsafeBytes { try pair.transport.send($0) }
    pair.transport.shutdownSending()
    var buffer = [UInt8](repeating: 0, count: 5)
    #expect(try buffer.withUnsafeMutableBytes { try pair.peer.read(into: $0) } == 1)
    #expect(try buffer.withUnsafeMutableBytes { try pair.peer.read(into: $0) } == 0)
  }
}
