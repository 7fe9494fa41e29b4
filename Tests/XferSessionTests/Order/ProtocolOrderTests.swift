import Testing
import XferProtocol

@testable import XferSession

/// The legal order of one connection.
@Suite("The legal order")
struct ProtocolOrderTests {
  private func error(of message: ClientMessage, in order: ProtocolOrder) -> WireError? {
    var order = order
    do {
      _ = try order.receive(message)
      return nil
    } catch {
      return error
    }
  }

  @Test("A connection that does not begin with the magic is damaged")
  func connectionWithoutMagicIsDamaged() {
    var order = ProtocolOrder()
    let error = #expect(throws: WireError.self) {
      try order.receive(magic: [0xff, 0x58, 0x46, 0x53])
    }
    #expect(error?.isDamage == true)
  }

  @Test(
    "The version is the highest that both sides know", arguments: [(1, 1), (2, 2), (3, 3), (9, 3)])
  func versionIsHighestOfBoth(_ offered: UInt16, _ agreed: UInt16) throws {
    #expect(try OrderState.free.order(version: offered).version == agreed)
  }

  @Test("A connection whose greeting names no set takes no list and no claim")
  func connectionWithoutSetTakesNoClaim() throws {
    for message in [Sample.announcement, Sample.claim] {
      var order = try OrderState.free.order(set: nil)
      let error = #expect(throws: WireError.self) { _ = try order.receive(message) }
      #expect(error?.why.contains("the greeting names no set") == true)
    }
  }

  @Test("A connection has one greeting, which is its first message")
  func connectionHasOneGreeting() throws {
    let late = error(of: Sample.ping, in: try OrderState.notGreeted.order())
    #expect(late?.why == "the first message is not a greeting")
    let second = error(of: Sample.hello, in: try OrderState.free.order())
    #expect(second?.why == "a second greeting on one connection")
  }

  @Test("A tag in use takes no other offer")
  func tagInUseTakesNoOffer() throws {
    let offer = ClientMessage.offer(try Sample.offer(size: 1))
    #expect(error(of: offer, in: try OrderState.asked.order())?.why == "the tag 1 is in use")
  }

  @Test("The window counts offers without an answer")
  func windowCountsOffersWithoutAnswer() throws {
    var order = try OrderState.free.order()
    for tag in 1...UInt32(WireLimits.window) {
      _ = try order.receive(.offer(try Sample.offer(tag, size: 1)))
    }
    let next = ClientMessage.offer(try Sample.offer(5000, size: 1))
    #expect(error(of: next, in: order)?.why == "more than 1024 offers without an answer")
    order.deliver(7)
    #expect(error(of: next, in: order) == nil)
  }

  @Test("Only a small file may be eager")
  func onlySmallFileIsEager() throws {
    let order = try OrderState.free.order()
    let large = try Sample.offer(size: WireLimits.eager + 1, isEager: true)
    #expect(
      error(of: .offer(large), in: order)?.why
        == "an offer with 262145 bytes of content; 262144 are allowed")
    let small = try Sample.offer(size: WireLimits.eager, isEager: true)
    #expect(error(of: .offer(small), in: order) == nil)
  }

  @Test("Content continues at the accepted offset, without gaps", arguments: [0, 9, 11, 50])
  func contentContinuesAtOffset(_ offset: UInt64) throws {
    var order = try OrderState.arriving.order()
    let header = Sample.content(at: offset, count: 5)
    #expect(try order.receive(.content(header)) == .append(header))
    let error = #expect(throws: WireError.self) { try order.append(header) }
    #expect(error?.why == "content at offset \(offset); expected 10")
  }

  @Test("Content beyond the announced size is an error")
  func contentBeyondSizeIsError() throws {
    var order = try OrderState.arriving.order()
    let header = Sample.content(at: 10, count: 91)
    _ = try order.receive(.content(header))
    #expect(throws: WireError("content at offset 10; expected 10")) { try order.append(header) }
  }

  @Test("Content that arrives in order completes the transfer")
  func contentInOrderCompletesTransfer() throws {
    var order = try OrderState.arriving.order()
    for (offset, count) in [(10, 60), (70, 30)] as [(UInt64, UInt32)] {
      let header = Sample.content(at: offset, count: count)
      _ = try order.receive(.content(header))
      try order.append(header)
    }
    order.seal(1)
    #expect(order.isSealing && !order.expectsContent)
    order.handOver(1)
    order.deliver(1)
    #expect(try order == OrderState.free.order())
  }

  @Test("The content of a refused transfer is discarded up to its size")
  func refusedContentIsDiscarded() throws {
    var order = try OrderState.discarding.order()
    for (offset, count) in [(0, 60), (60, 40)] as [(UInt64, UInt32)] {
      let header = Sample.content(at: offset, count: count)
      #expect(try order.receive(.content(header)) == .discard(header))
    }
    #expect(try order == OrderState.free.order())
  }

  @Test("A refused transfer without content to come frees its tag")
  func refusedTransferWithoutContentFreesTag() throws {
    for state in [OrderState.asked, .sealing, .elsewhere, .sealed] {
      var order = try state.order()
      order.refuse(1)
      #expect(order.state(of: 1) == nil)
    }
    var order = try OrderState.arriving.order()
    _ = try order.receive(.content(Sample.content(at: 10, count: 90)))
    order.refuse(1)
    #expect(order.state(of: 1) == nil)
  }

  @Test("Of very many refused transfers the oldest is forgotten")
  func oldestRefusedTransferIsForgotten() throws {
    var order = try OrderState.free.order()
    for tag in 1...UInt32(WireLimits.window) + 1 {
      _ = try order.receive(.offer(try Sample.offer(tag, size: 1, isEager: true)))
      order.refuse(tag)
    }
    #expect(order.state(of: 1) == nil)
    #expect(order.state(of: 2) == .discarding)
  }

  @Test("A part of a message at the end of the input is a cut")
  func partOfMessageAtEndIsCut() throws {
    var order = try OrderState.asked.order()
    #expect(!order.isCut(hasRest: true))
    order.endInput()
    #expect(!order.isCut(hasRest: false))
    #expect(order.isCut(hasRest: true))
  }
}
