import Testing

@testable import XferProtocol

@Suite("Arbitrary bytes never break the decoder")
struct WireFuzzTests {
  @Test("A damaged frame throws, or decodes to a message that round-trips", arguments: 0..<8)
  func damagedFrameDecodesOrThrows(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<500 {
      let sample = try #require(Sample.all.randomElement(using: &numbers))
      var payload = sample.payload
      for _ in 0..<Int.random(in: 1...4, using: &numbers) { damage(&payload, &numbers) }
      try check(frame(sample.type, payload))
    }
  }

  @Test("A random frame throws, or decodes to a message that round-trips", arguments: 0..<8)
  func randomFrameDecodesOrThrows(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: 1000 + seed)
    for _ in 0..<500 {
      let length = Int.random(in: 0...120, using: &numbers)
      let bound: UInt8 = Bool.random(using: &numbers) ? 3 : 255
      let payload = (0..<length).map { _ in UInt8.random(in: 0...bound, using: &numbers) }
      try check(frame(Sample.all.randomElement(using: &numbers)?.type ?? 0, payload))
    }
  }

  @Test("A random stream yields frames or an error", arguments: 0..<8 as Range<UInt64>)
  func randomStreamYieldsFramesOrError(_ seed: UInt64) {
    var numbers = SeededNumbers(seed: 2000 + seed)
    for _ in 0..<200 {
      let buffer = FrameBuffer(capacity: 64 * 1024)
      let bound: UInt8 = Bool.random(using: &numbers) ? 1 : 255
      buffer.put((0..<200).map { _ in UInt8.random(in: 0...bound, using: &numbers) })
      var frames = 0
      while (try? buffer.nextFrame()) != nil { frames += 1 }
      #expect(frames <= 40)
    }
  }

  private func damage(_ payload: inout [UInt8], _ numbers: inout SeededNumbers) {
    let place = Int.random(in: 0...payload.count, using: &numbers)
    let byte = UInt8.random(in: 0...255, using: &numbers)
    switch Int.random(in: 0...3, using: &numbers) {
    case 0: payload.insert(byte, at: place)
    case 1 where place < payload.count: payload.remove(at: place)
    case 2: payload.removeSubrange(place...)
    default: if place < payload.count { payload[place] = byte }
    }
  }

  /// Decodes the bytes as a message of each list, and expects a wire error or a message that
  /// round-trips.
  private func check(_ bytes: [UInt8]) throws {
    let lists = [
      Sample.client, Sample.receiver, Sample.request, Sample.reply, Sample.join, Sample.keyRequest,
      Sample.keyReply,
    ]
    for list in lists.map({ $0[0] }) {
      do {
        #expect(try list.saysAgain(bytes), "\(Hex.text(bytes))")
      } catch is WireError {}
    }
  }
}
