import Synchronization
import Testing
import XferSystem

@Suite("Watermarks")
struct WatermarkTests {
  @Test("A level above the known one is returned at once")
  func levelAboveKnownOneIsReturnedAtOnce() {
    let mark = Watermark()
    mark.raise(to: 5)
    #expect(mark.wait(above: 4) == 5)
    #expect(mark.wait(above: 0) == 5)
  }

  @Test("After it is closed, the last level is returned first, and then nil")
  func afterItIsClosed() {
    let mark = Watermark()
    mark.raise(to: 3)
    mark.close()
    #expect(mark.wait(above: 2) == 3)
    #expect(mark.wait(above: 3) == nil)
  }

  @Test("A waiting thread receives rising levels up to the last")
  func waitingThreadReceivesRisingLevelsUpToLast() throws {
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

  @Test("A thread that waits ends when nothing more will come")
  func threadThatWaitsEndsWhenNothingMoreWillCome() throws {
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
