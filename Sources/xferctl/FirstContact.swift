import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferIdentity
import XferProtocol

/// The first connection to a receiver without an invite: a person compares the fingerprint.
struct FirstContact {
  /// The name under which the receiver is kept.
  let name: String
  let receivers: KnownReceivers
  let identity: KeyFiles.Identity

  /// Returns the receiver's key after a person has accepted it, and keeps it. Throws if the key is
  /// not accepted, or if no person can be asked.
  func pin(of address: ReceiverAddress) throws -> Pin {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw ValidationError(
        """
        the receiver \(address.servers[0]) is not known. Join it with an invite ("xferctl join \
        INVITE"), or give its fingerprint with --pin, or its authority with --ca. A receiver with \
        --access open on a trusted network can be used with --plain.
        """)
    }
    var pin: Pin?
    try exitingOnConnectionFailure {
      pin = try ReceiverProbe.pin(of: address, identity: identity)
    }
    guard let pin, isAccepted(pin, address) else {
      printError("not confirmed; nothing was sent")
      throw ExitCode.refused
    }
    try receivers.add(
      KnownReceiver(
        name: address.servers[0].description, addresses: address.servers, pin: pin))
    return pin
  }

  private func isAccepted(_ pin: Pin, _ address: ReceiverAddress) -> Bool {
    for line in [
      "the receiver \(address.servers[0]) is not known; its key is", "  \(pin)",
      "Compare it with the line \"this receiver's key is\" in the receiver's log.",
      "Is it right, and may this machine send its files there? [yes/no]",
    ] { printError(line) }
    return readLine()?.lowercased() == "yes"
  }
}
