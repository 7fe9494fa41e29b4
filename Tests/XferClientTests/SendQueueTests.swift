import Testing
import XferProtocol

@testable import XferClient

@Suite("The queue offers files in order and holds back those that pause")
struct SendQueueTests {
  @Test("Files leave the queue in the order in which they were given")
  func filesLeaveInOrder() throws {
    let queue = SendQueue(try files("a", "b", "c"))
    #expect(!queue.isEmpty)
    #expect(queue.pop()?.path == "a")
    #expect(queue.pop()?.path == "b")
    #expect(queue.pop()?.path == "c")
    #expect(queue.isEmpty)
    #expect(queue.pop() == nil)
  }

  @Test("A queue without files is empty and has no pause")
  func emptyQueueHasNoPause() {
    let queue = SendQueue([])
    #expect(queue.isEmpty)
    #expect(queue.pop() == nil)
    #expect(queue.pause == nil)
  }

  @Test("A file that is put back is offered after the files that were not offered yet")
  func returnedFileIsOfferedLast() throws {
    let queue = SendQueue(try files("a", "b"))
    let first = try #require(queue.pop())
    queue.putBack(first)
    #expect(queue.pop()?.path == "b")
    #expect(queue.pop() === first)
    #expect(queue.isEmpty)
  }

  @Test("A file that is put back with a pause is not offered before its end")
  func pausedFileIsHeldBack() throws {
    let queue = SendQueue(try files("a", "b"))
    queue.putBack(try #require(queue.pop()), after: .seconds(1_000_000))
    #expect(queue.pause == nil)
    #expect(queue.pop()?.path == "b")
    #expect(queue.pop() == nil)
    #expect(!queue.isEmpty)
    let pause = try #require(queue.pause)
    #expect(pause > .zero && pause <= .seconds(1_000_000))
  }

  @Test("A file whose pause is over is offered before one that was put back earlier")
  func endedPauseIsOfferedFirst() throws {
    let queue = SendQueue(try files("a", "b"))
    queue.putBack(try #require(queue.pop()), after: .seconds(1_000_000))
    queue.putBack(try #require(queue.pop()))
    #expect(queue.pop()?.path == "b")
    #expect(queue.pop() == nil)
  }

  @Test("The pause of the queue is that of the file that may be offered first")
  func shortestPauseCounts() throws {
    let queue = SendQueue(try files("a", "b"))
    queue.putBack(try #require(queue.pop()), after: .seconds(1_000_000))
    queue.putBack(try #require(queue.pop()))
    #expect(queue.pause == .zero)
  }

  @Test("A queue that is emptied returns the files that wait and those that pause")
  func emptiedQueueReturnsAllFiles() throws {
    let queue = SendQueue(try files("a", "b", "c"))
    queue.putBack(try #require(queue.pop()), after: .seconds(1_000_000))
    #expect(queue.removeAll().map(\.path) == ["b", "c", "a"])
    #expect(queue.isEmpty)
    #expect(queue.removeAll().isEmpty)
    #expect(queue.pause == nil)
  }

  private func files(_ names: String...) throws -> [FileToSend] {
    try names.map { FileToSend(path: $0, name: try FileName($0), size: 1) }
  }
}
