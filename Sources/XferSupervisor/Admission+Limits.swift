extension Admission {
  /// The limits on connections.
  package struct Limits: Sendable {
    /// The number of connections that are served at once.
    package var connections = 512
    /// The number of connections that are served at once from one address.
    package var perAddress = 256
    /// The number of new connections a second, in all and from one address. Twice as many may come
    /// at once.
    package var newPerSecond = 2000
    package var newPerSecondPerAddress = 1000
    /// The number of served connections that may be without an identity for long.
    package var unidentified = 64

    /// The places that any address and any client may have. The last quarter is for those with few
    /// connections.
    package var firstPlaces: Int { connections - connections / 4 }

    /// The connections of so many seconds may come at once.
    static let burstSeconds = 2.0

    /// The number of connections above a limit that are refused with a reply at once. Further ones
    /// are closed without a reply.
    package static let courtesy = 64
    /// The number of refusals with a reply a second, in all and to one address. A reply costs a
    /// fork.
    static let courtesyPerSecond = 100
    static let courtesyPerSecondPerAddress = 20
    static let courtesyBurstSeconds = 4.0

    /// Creates limits with their defaults.
    package init() {}
  }
}
