/// The state of a peer, as far as its connection shows it.
package enum PeerState: Sendable {
  /// The peer is connected.
  case there
  /// The peer has closed its sending side. It may still read, or it may have disconnected.
  case silent
  /// The peer has disconnected.
  case gone
}
