import ArgumentParser

/// The counterparts of xfer's encrypted connections in the bench: a bare pair of NIOSSL for one
/// large file, a server of handshakes, and the client that makes many connections.
@main
struct TLSPair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tls-pair",
    subcommands: [Serve.self, Send.self, Handshakes.self, Greet.self, Deliver.self])
}

/// The bytes that one write of the bare pair has.
let piece = 256 << 10
