/// A request from a session to the recorder. The reply carries the same ticket. A session sends a
/// request again if the recorder ended before it replied; the second one changes nothing.
package enum RecorderRequest: Equatable, Sendable {
  /// Record and publish the transfer. The reply is a receipt or a refusal.
  case publish(ticket: UInt64, SealedTransfer)
  /// Record the failure. The reply is `done`.
  case fail(ticket: UInt64, FailedTransfer)
  /// Find a delivery of this transfer by this client. The reply is a receipt, a refusal or `done`.
  /// `size` is in bytes, and is compared with the quotas of the client. A delivery that is found
  /// belongs to `set`, too.
  case find(ticket: UInt64, TransferID, client: Client, size: UInt64, set: SetReference?)
  /// Check that a transfer could be recorded now. The reply is `done`.
  case check(ticket: UInt64)
  /// Enrol a client. The reply is `enrolled` or a refusal.
  case enrol(ticket: UInt64, Enrolment)
  /// Note that a client with an unknown key has asked for service. The reply is `done`.
  case knock(ticket: UInt64, Knock)
  /// Keep a part of the list of a set. The reply is `done`.
  case announce(ticket: UInt64, AnnouncedPart)
  /// Record that a set is complete. The reply is `completed` or a refusal.
  case complete(ticket: UInt64, SetCompletion)
  /// Write the progress of the hooks. The reply is `done`.
  case hooks(ticket: UInt64, HookChange)

  /// True for a request of the process of the hooks. All others come from sessions.
  package var isOfHooks: Bool {
    if case .hooks = self { true } else { false }
  }

  /// The numbers of the requests.
  private enum Number: UInt8 {
    case publish = 1
    case fail = 2
    case find = 3
    case check = 4
    case enrol = 5
    case knock = 6
    case announce = 7
    case complete = 8
    case hooks = 9
  }

  /// Throws if the frame is not one of these requests.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      let ticket = try reader.uint64()
      switch Number(rawValue: frame.type) {
      case .publish: return .publish(ticket: ticket, try SealedTransfer(from: &reader))
      case .fail: return .fail(ticket: ticket, try FailedTransfer(from: &reader))
      case .find:
        return .find(
          ticket: ticket, try TransferID(from: &reader), client: try Client(from: &reader),
          size: try reader.uint64(), set: try SetReference.optional(from: &reader))
      case .check: return .check(ticket: ticket)
      case .enrol: return .enrol(ticket: ticket, try Enrolment(from: &reader))
      case .knock: return .knock(ticket: ticket, try Knock(from: &reader))
      case .announce: return .announce(ticket: ticket, try AnnouncedPart(from: &reader))
      case .complete: return .complete(ticket: ticket, try SetCompletion(from: &reader))
      case .hooks: return .hooks(ticket: ticket, try HookChange(from: &reader))
      case nil: throw WireError("unknown request type \(frame.type)")
      }
    }
  }

  /// The request to send to another recorder, because the previous one may have carried it out.
  package var resent: RecorderRequest {
    guard case .fail(let ticket, var failure) = self else { return self }
    failure.mayBeTold = true
    return .fail(ticket: ticket, failure)
  }

  /// Identifies the request within its session.
  package var ticket: UInt64 {
    switch self {
    case .publish(let ticket, _), .fail(let ticket, _), .find(let ticket, _, _, _, _),
      .check(let ticket), .enrol(let ticket, _), .knock(let ticket, _),
      .announce(let ticket, _), .complete(let ticket, _), .hooks(let ticket, _):
      ticket
    }
  }

  /// Appends the request as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .publish(let ticket, let transfer):
      writer.frame(Number.publish, ticket: ticket) { transfer.encode(into: &$0) }
    case .fail(let ticket, let transfer):
      writer.frame(Number.fail, ticket: ticket) { transfer.encode(into: &$0) }
    case .find(let ticket, let id, let client, let size, let set):
      writer.frame(Number.find, ticket: ticket) {
        id.encode(into: &$0)
        client.encode(into: &$0)
        $0.write(size)
        SetReference.encode(set, into: &$0)
      }
    case .check(let ticket): writer.frame(Number.check, ticket: ticket) { _ in }
    case .enrol(let ticket, let enrolment):
      writer.frame(Number.enrol, ticket: ticket) { enrolment.encode(into: &$0) }
    case .knock(let ticket, let knock):
      writer.frame(Number.knock, ticket: ticket) { knock.encode(into: &$0) }
    case .announce(let ticket, let part):
      writer.frame(Number.announce, ticket: ticket) { part.encode(into: &$0) }
    case .complete(let ticket, let completion):
      writer.frame(Number.complete, ticket: ticket) { completion.encode(into: &$0) }
    case .hooks(let ticket, let change):
      writer.frame(Number.hooks, ticket: ticket) { change.encode(into: &$0) }
    }
  }
}
