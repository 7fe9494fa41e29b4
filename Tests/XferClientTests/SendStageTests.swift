import Testing
import XferProtocol

@testable import XferClient

@Suite("Directories are offered when all that they contain has its reply")
struct SendStageTests {
  @Test("Directories follow the files, the deepest first, one depth after the other")
  func directoriesFollowFiles() throws {
    let queue = SendQueue(try files("a/f"), directories: try files("a/b/c", "a/d", "a/b", "a"))
    queue.enter()
    #expect(queue.pop(mayAdvance: true)?.path == "a/f")
    #expect(queue.pop() == nil)
    #expect(!queue.isEmpty && queue.isStageEmpty)
    #expect(queue.pop(mayAdvance: true)?.path == "a/b/c")
    #expect(queue.pop() == nil)
    #expect(queue.pop(mayAdvance: true)?.path == "a/d")
    #expect(queue.pop()?.path == "a/b")
    #expect(queue.pop() == nil)
    #expect(queue.pop(mayAdvance: true)?.path == "a")
    #expect(queue.isEmpty)
  }

  @Test("A file that is put back is offered before the next depth")
  func returnedFileComesFirst() throws {
    let queue = SendQueue(try files("a/f"), directories: try files("a"))
    let file = try #require(queue.pop())
    queue.putBack(file, after: .seconds(1000))
    #expect(queue.pop(mayAdvance: true) == nil)
    #expect(!queue.isStageEmpty)
  }

  @Test("A conversation leaves the directories to the last one")
  func lastConversationTakesDirectories() throws {
    let queue = SendQueue([], directories: try files("a"))
    queue.enter()
    queue.enter()
    #expect(queue.pop(mayAdvance: true) == nil)
    #expect(queue.leave())
    #expect(queue.hasOneConversation)
    #expect(!queue.leave())
    #expect(queue.pop(mayAdvance: true)?.path == "a")
  }

  @Test("A queue that is emptied returns the directories, too")
  func emptiedQueueReturnsDirectories() throws {
    let queue = SendQueue(try files("f"), directories: try files("a/b", "a"))
    #expect(queue.removeAll().map(\.path) == ["f", "a/b", "a"])
    #expect(queue.isEmpty)
  }

  private func files(_ names: String...) throws -> [FileToSend] {
    try names.map { FileToSend(path: $0, name: try FileName($0), size: 1) }
  }
}
