import ArgumentParser
import Testing
import XferCommand
import XferProtocol
import XferReport
import XferSystem

@Suite("The options of a history command select its rows and their format")
struct HistoryOptionsTests {
  @Test("A command without options prints a table of the last 50 rows")
  func defaultsAre50RowsAsTable() throws {
    let options = try HistoryOptions.parse([])
    #expect(options.filter == HistoryFilter(limit: 50))
    #expect(options.format == .table)
  }

  @Test("Each option sets its part of the filter")
  func optionsSetFilter() throws {
    let options = try HistoryOptions.parse([
      "--limit", "0", "--since", "2026-11-22T09:24:51Z", "--until", "2026-11-22T10:24:51.5+01:00",
      "--client", "::1", "--name", "logs/*.gz", "--status", "failed",
    ])
    let filter = HistoryFilter(
      limit: 0, since: Timestamp(microseconds: 1_795_339_491_000_000),
      until: Timestamp(microseconds: 1_795_339_491_500_000), client: "::1", name: "logs/*.gz",
      status: .failed)
    #expect(options.filter == filter)
  }

  @Test("The limit reaches to 4294967295 rows")
  func limitReachesTo32Bits() throws {
    #expect(try HistoryOptions.parse(["--limit", "4294967295"]).filter.limit == .max)
  }

  @Test("Every format has an option of its name", arguments: HistoryFormat.allCases)
  func formatIsNamed(_ format: HistoryFormat) throws {
    #expect(try HistoryOptions.parse(["--format", format.rawValue]).format == format)
  }

  @Test(
    "Every status has an option of its name",
    arguments: [("completed", .completed), ("failed", .failed), ("all", .all)]
      as [(String, HistoryFilter.Status)])
  func statusIsNamed(_ name: String, _ status: HistoryFilter.Status) throws {
    #expect(try HistoryOptions.parse(["--status", name]).filter.status == status)
  }

  @Test(
    "A value that an option does not take is wrong usage",
    arguments: [
      ["--limit=-1"], ["--limit", "4294967296"], ["--limit", "many"], ["--since", "yesterday"],
      ["--until", "2026-13-01"], ["--status", "lost"], ["--format", "xml"], ["--client"],
      ["--unknown"], ["argument"],
    ])
  func invalidValueIsWrongUsage(_ arguments: [String]) throws {
    let error = #expect(throws: (any Error).self) { try HistoryOptions.parse(arguments) }
    let status = HistoryOptions.exitCode(for: try #require(error))
    #expect(status == .validationFailure)
  }

  @Test("The message for an invalid time says which forms a time has")
  func messageForInvalidTimeNamesForms() throws {
    let error = #expect(throws: (any Error).self) {
      try HistoryOptions.parse(["--since", "yesterday"])
    }
    let message = HistoryOptions.message(for: try #require(error))
    #expect(message.contains("invalid time \"yesterday\"; expected an age such as 90m or 2d"))
  }
}
