import Testing
import XferHistory

@testable import XferStats

@Suite("A peer is connected, silent or gone")
struct PeerTests {
  private let peer = Peer()

  @Test("A peer is connected at first")
  func peerIsConnectedAtFirst() { #expect(peer.asker == .there) }

  @Test("A peer that closes its sending side is silent")
  func endOfInputMakesPeerSilent() {
    peer.noteEndOfInput()
    #expect(peer.asker == .silent)
  }

  @Test("A peer whose connection is closed has gone")
  func closedConnectionMakesPeerGone() {
    peer.noteDisconnect()
    #expect(peer.asker == .gone)
  }

  @Test("A peer that has gone does not come back with the end of its input")
  func gonePeerStaysGone() {
    peer.noteDisconnect()
    peer.noteEndOfInput()
    #expect(peer.asker == .gone)
  }
}
