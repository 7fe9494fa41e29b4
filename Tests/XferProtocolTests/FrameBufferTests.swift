import Testing

@testable import XferProtocol

@Suite("A frame buffer splits a byte stream into frames")
struct FrameBufferTests {
  private static let smallest = WireLimits.payload + WireLimits.frameHeader

  @Test(
    "Frames are returned whole for every segmentation of the stream",
    arguments: 0..<12 as Range<UInt64>)
  func framesSurviveAnySegmentation(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let frames = (0..<60).map { _ in randomFrame(&numbers) }
    let stream = frames.flatMap { frame($0.type, $0.payload) }
    let buffer = FrameBuffer(capacity: seed.isMultiple(of: 2) ? FrameBufferTests.smallest : 100_000)
    let largest = [1, 7, 1500, 1 << 20][Int(seed % 4)]
    var rest = stream[...]
    var heard: [RandomFrame] = []
    while !rest.isEmpty {
      let piece = Int.random(in: 1...largest, using: &numbers)
      let count = min(piece, buffer.space().count, rest.count)
      buffer.put(rest.prefix(count))
      rest = rest.dropFirst(count)
      while let next = try buffer.nextFrame() {
        heard.append(RandomFrame(type: next.type, payload: Array(next.payload)))
      }
    }
    #expect(heard == frames)
    #expect(buffer.isEmpty)
  }

  @Test("A frame is returned only after its last byte has arrived")
  func incompleteFrameIsNotReturned() throws {
    let buffer = FrameBuffer(capacity: FrameBufferTests.smallest)
    for byte in frame(5, [1, 2, 3]) {
      #expect(try buffer.nextFrame() == nil)
      buffer.put([byte])
    }
    #expect(try buffer.nextFrame().map { Array($0.payload) } == [1, 2, 3])
    #expect(try buffer.nextFrame() == nil)
  }

  @Test("A frame buffer always has space for the rest of a frame")
  func bufferHasSpaceForRestOfFrame() throws {
    let buffer = FrameBuffer(capacity: FrameBufferTests.smallest)
    let large = [UInt8](repeating: 9, count: WireLimits.payload)
    for small in 0..<200 {
      buffer.put(frame(1, [UInt8](repeating: 1, count: small)) + frame(2, large).prefix(100))
      #expect(try buffer.nextFrame()?.type == 1)
      var rest = frame(2, large).dropFirst(100)
      while !rest.isEmpty {
        let count = min(buffer.space().count, rest.count)
        try #require(count > 0)
        buffer.put(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      #expect(try buffer.nextFrame().map { Array($0.payload) } == large)
    }
  }

  @Test("A frame with any single flipped bit is never returned", arguments: Sample.all)
  func flippedBitIsDetected(_ sample: Sample) throws {
    for bit in 0..<sample.bytes.count * 8 {
      var bytes = sample.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      let buffer = FrameBuffer(capacity: 64 * 1024)
      buffer.put(bytes)
      do {
        // A frame with a greater length waits for bytes that do not arrive.
        #expect(try buffer.nextFrame() == nil)
        let length = UInt32(bigEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
        #expect(Int(length) > sample.payload.count)
      } catch {
        #expect(error.isDamage)
      }
    }
  }

  @Test("Raw content between frames is returned unchanged")
  func contentBetweenFramesIsRaw() throws {
    let buffer = FrameBuffer(capacity: FrameBufferTests.smallest)
    buffer.put(frame(3, [1]) + [0xaa, 0xbb, 0xcc] + frame(4, [2]))
    #expect(try buffer.nextFrame()?.type == 3)
    #expect(buffer.content.starts(with: [0xaa, 0xbb, 0xcc]))
    #expect(Array(buffer.take(3)) == [0xaa, 0xbb, 0xcc])
    #expect(try buffer.nextFrame()?.type == 4)
    #expect(buffer.count == 0)
  }

  private struct RandomFrame: Equatable {
    let type: UInt8
    let payload: [UInt8]
  }

  private func randomFrame(_ numbers: inout SeededNumbers) -> RandomFrame {
    let bound = [0, 3, 200, WireLimits.payload].randomElement(using: &numbers) ?? 0
    let length = Int.random(in: 0...bound, using: &numbers)
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    return RandomFrame(type: .random(in: 0...255, using: &numbers), payload: payload)
  }
}
