import XferProtocol

@testable import XferSession

/// A column of the table in docs/protocol.md, by the word of the table.
enum OrderColumn: String, CaseIterable {
  case hello, offer, content, withdraw, ping, ask, announce, complete, end, accept, working,
    receipt, refusal

  /// The cell of the table for tag 1 in this state, by what the code does.
  func cell(in state: OrderState) throws -> String {
    switch self {
    case .hello: try step(after: Sample.hello, in: state)
    case .offer: try step(after: .offer(try Sample.offer(size: 5)), in: state)
    case .content: try content(in: state)
    case .withdraw: try step(after: Sample.withdrawal, in: state)
    case .ping: try step(after: Sample.ping, in: state)
    case .ask: try step(after: Sample.question, in: state)
    case .announce: try step(after: Sample.announcement, in: state)
    case .complete: try step(after: Sample.claim, in: state)
    case .end: try end(in: state)
    case .accept: try answer(.accept, in: state)
    case .working: try answer(.working, in: state)
    case .receipt: try answer(.receipt, in: state)
    case .refusal: try answer(.refusal, in: state)
    }
  }

  private func step(after message: ClientMessage, in state: OrderState) throws -> String {
    var order = try state.order()
    do {
      return word(for: try order.receive(message))
    } catch {
      return "error"
    }
  }

  /// Content that begins at the offset of the state. It is legal if it can also be appended.
  private func content(in state: OrderState) throws -> String {
    let header = Sample.content(at: state.next, count: 5)
    var order = try state.order()
    do {
      let step = try order.receive(.content(header))
      if case .append = step { try order.append(header) }
      return word(for: step)
    } catch {
      return "error"
    }
  }

  private func word(for step: ProtocolStep) -> String {
    switch step {
    case .welcome: "welcome"
    case .begin, .append: "taken"
    case .discard: "discarded"
    case .withdraw: "ends it"
    case .ignore: "ignored"
    case .pong: "pong"
    case .answer: "answer"
    case .announce: "kept"
    case .complete: "claim"
    }
  }

  private func end(in state: OrderState) throws -> String {
    var order = try state.order()
    order.endInput()
    return order.isCut(hasRest: false) ? "cut" : "ok"
  }

  private func answer(_ answer: TransferAnswer, in state: OrderState) throws -> String {
    let isAllowed = try state.order().allows(answer, for: 1)
    if try state.order(version: 1).allows(answer, for: 1) { return "yes" }
    return isAllowed ? "version 2" : "–"
  }
}
