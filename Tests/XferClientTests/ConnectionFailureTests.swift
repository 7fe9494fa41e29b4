import SystemPackage
import Testing
import XferProtocol
import XferSystem

@testable import XferClient

@Suite("A failed connection is retried if that may help")
struct ConnectionFailureTests {
  @Test(
    "A lost connection, a refusal with a time and an unreachable host may be retried",
    arguments: [
      ConnectionFailure.lost("closed by the receiver"),
      .refused(Refusal(.busy, "busy", retryAfter: 2)),
      .refused(Refusal(.shuttingDown, "shutting down", retryAfter: 0)),
      .refused(Refusal(.timeout, "silent for too long")),
      .unreachable("could not connect", isTemporary: true),
    ])
  func temporaryFailureMayBeRetried(_ failure: ConnectionFailure) {
    #expect(failure.isTemporary)
  }

  @Test(
    "A final refusal, an unusable address and a foreign server are not retried",
    arguments: [
      ConnectionFailure.refused(Refusal(.notAllowed, "not allowed")),
      .refused(Refusal(.malformed, "malformed")),
      .unreachable("could not find the host", isTemporary: false),
      .notReceiver("unexpected first bytes"),
    ])
  func finalFailureIsNotRetried(_ failure: ConnectionFailure) {
    #expect(!failure.isTemporary)
  }

  @Test("A failed system call is a lost connection with the error of the kernel")
  func systemFailureIsLostConnection() {
    let failure = ConnectionFailure(SystemFailure("read", .connectionReset))
    #expect("\(failure)" == "connection lost: connection reset by peer")
    #expect(failure.isTemporary)
  }

  @Test("Invalid data is a lost connection that says so")
  func invalidDataIsLostConnection() {
    let failure = ConnectionFailure(WireError("an unknown message"))
    #expect("\(failure)" == "connection lost: received invalid data: an unknown message")
  }

  @Test("A failure of a connection stays itself")
  func failureStaysItself() {
    let failure = ConnectionFailure(ConnectionFailure.notReceiver("unexpected first bytes"))
    #expect(!failure.isTemporary)
    let message = "the server is not an xfer receiver: unexpected first bytes"
    #expect("\(failure)" == message + "; check its host and port")
  }

  @Test("A refusal shows the sentence of the receiver")
  func refusalShowsSentence() {
    #expect("\(ConnectionFailure.refused(Refusal(.busy, "try later")))" == "refused: try later")
  }
}
