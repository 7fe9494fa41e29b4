import Testing

@testable import XferProtocol

@Suite("Messages")
struct MessageTests {
  @Test("Every kind of message is among the samples")
  func samplesAreComplete() {
    #expect(Set(Sample.client.map(\.type)) == Set(1...6))
    #expect(Set(Sample.receiver.map(\.type)) == Set(129...137))
    #expect(Set(Sample.request.map(\.type)) == Set(1...4))
    #expect(Set(Sample.reply.map(\.type)) == Set(1...3))
  }

  @Test("A message means the same after it crossed the wire", arguments: Sample.all)
  func messageMeansSameAfterItCrossedWire(_ sample: Sample) throws {
    #expect(try sample.isMeant(sample.bytes))
  }

  @Test("A message that is cut in its fields is an error, at any length", arguments: Sample.all)
  func messageThatIsCutInItsFieldsIsError(_ sample: Sample) {
    // What is cut before an attribute is whole: attributes may be left out.
    let fixed = sample.payload.count - sample.attributes
    for length in 0..<fixed {
      let cut = frame(sample.type, Array(sample.payload.prefix(length)))
      #expect(throws: WireError.self, "\(length) bytes") { try sample.isMeant(cut) }
    }
  }

  @Test("A byte behind the last field is an error", arguments: Sample.all)
  func byteBehindLastFieldIsError(_ sample: Sample) {
    #expect(throws: WireError.self) {
      try sample.isMeant(frame(sample.type, sample.payload + [0]))
    }
  }

  @Test("A type that is not in the list is an error, in each list")
  func typeThatIsNotInListIsError() {
    for type in UInt8.min...UInt8.max {
      let bytes = frame(type, [UInt8](repeating: 0, count: 8))
      if !(1...6).contains(type) { expectError(ClientMessage.self, bytes) }
      if !(129...137).contains(type) { expectError(ReceiverMessage.self, bytes) }
      if !(1...4).contains(type) { expectError(RecorderRequest.self, bytes) }
      if !(1...3).contains(type) { expectError(RecorderReply.self, bytes) }
    }
  }

  @Test("The greeting names the highest version and the bounds of this side")
  func greetingNamesHighestVersionAndBoundsOfThisSide() {
    let welcome = Welcome(version: 1, agent: "xferd")
    #expect(Hello(agent: "").version == 2)
    #expect(welcome.window == 1024)
    #expect(welcome.content == 1_048_576)
    #expect(welcome.eager == 262_144)
  }
}

/// Expects that the bytes are no message of this list.
func expectError<Message: WireMessage>(
  _ list: Message.Type, _ bytes: [UInt8], _ comment: Comment? = nil,
  at location: SourceLocation = #_sourceLocation
) {
  #expect(throws: WireError.self, comment, sourceLocation: location) {
    try Message(decoding: bytes)
  }
}

extension Sample {
  /// Bytes of attributes at the payload's end.
  fileprivate var attributes: Int {
    switch testDescription {
    case "offer with time and mode": 22
    case "welcome with its clock": 11
    case "receipt that names the next id": 19
    case "row of repeated failures": 22
    default: 0
    }
  }
}
