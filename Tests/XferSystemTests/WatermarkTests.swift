import Synchronization
import Testing
import XferSystem

@Suite("A watermark passes a rising level to another thread")
struct WatermarkTests {
  @Test("A wait for more than a lower level returns the watermark at once")
  func higherLevelReturnsAtOnce() {
    let mark = Watermark()
    mark.raise(to: 5)
    #expect(mark.wait(above: 4) == 5)
    #expect(mark.wait(above: 0) == 5)
  }

  @Test("A closed watermark returns its last level before nil")
  func closedWatermarkReturnsLastLevel() {
    let mark = Watermark()
    mark.raise(to: 3)
    mark.close()
    #expect(mark.wait(above: 2) == 3)
    #expect(mark.wait(above: 3) == nil)
  }

  @Test("A waiting thread sees rising levels up to the last one")
  func waiterSeesRisingLevelsToLast() throws {
    let mark = Watermark()
    let heard = Mutex<[Int64]>([])
    let follower = try BackgroundThread {
      var known: Int64 = 0
      while let level = mark.wait(above: known) {
        known = level
        heard.withLock { $0.append(level) }
      }
    }
    for level in 1...1000 { mark.raise(to: Int64(level)) }
    mark.close()
    follower.join()
    let levels = heard.withLock { $0 }
    #expect(levels.last == 1000)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("Closing a watermark wakes a waiting thread with nil")
  func closeWakesWaiter() throws {
    let mark = Watermark()
    let answer = Mutex<Int64?>(0)
    let follower = try BackgroundThread {
      let level = mark.wait(above: 0)
      answer.withLock { $0 = level }
    }
    mark.close()
    follower.join()
    #expect(answer.withLock { $0 } == nil)
  }
}
