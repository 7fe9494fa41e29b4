import Testing

@testable import XferLog

@Suite("The log writes whole lines and blocks no process")
struct LogOutputTests {
  private let pipe: LogPipe

  init() throws { pipe = try LogPipe() }

  @Test("A line is written at once")
  func lineIsWrittenAtOnce() throws {
    pipe.write("one")
    #expect(try pipe.read() == "one\n")
    pipe.write("two")
    #expect(try pipe.read() == "two\n")
  }

  @Test("Gathered lines are written together at the end, in their order")
  func gatheredLinesAreWrittenTogether() throws {
    let early = try pipe.output.gather {
      pipe.write("one")
      pipe.write("two")
      return try pipe.read()
    }
    #expect(early == "")
    #expect(try pipe.read() == "one\ntwo\n")
  }

  @Test("Lines of nested gathers are written at the end of the outermost one")
  func outermostGatherWrites() throws {
    let early = try pipe.output.gather {
      pipe.output.gather { pipe.write("one") }
      pipe.write("two")
      return try pipe.read()
    }
    #expect(early == "")
    #expect(try pipe.read() == "one\ntwo\n")
  }

  @Test("Gathered lines are written if the work among them throws")
  func throwingGatherWrites() throws {
    #expect(throws: Interruption.self) {
      try pipe.output.gather {
        pipe.write("one")
        throw Interruption()
      }
    }
    #expect(try pipe.read() == "one\n")
    pipe.write("two")
    #expect(try pipe.read() == "two\n")
  }

  @Test("Lines of more than 4096 bytes in all are written in parts that end after a whole line")
  func longGatherIsWrittenInWholeLines() throws {
    let lines = ["a", "b", "c"].map { String(repeating: $0, count: 1999) }
    let early = try pipe.output.gather {
      for line in lines { pipe.write(line) }
      return try pipe.read()
    }
    #expect(early == lines[0] + "\n" + lines[1] + "\n")
    #expect(try pipe.read() == lines[2] + "\n")
  }

  @Test("A line of more than 4096 bytes is written whole")
  func longLineIsWrittenWhole() throws {
    let line = String(repeating: "x", count: 10_000)
    pipe.write(line)
    #expect(try pipe.read() == line + "\n")
  }

  @Test("A full pipe loses whole lines, and their number follows the next line")
  func lostLinesAreCounted() throws {
    try pipe.fill()
    pipe.write("lost")
    pipe.output.gather {
      pipe.write("lost")
      pipe.write("lost")
    }
    #expect(try !pipe.read().contains("lost"))
    pipe.write("late")
    #expect(try pipe.read() == "late\n(3 lines of the log were lost before this)\n")
    pipe.write("later")
    #expect(try pipe.read() == "later\n")
  }
}

/// The error of a work that is interrupted.
private struct Interruption: Error {}
