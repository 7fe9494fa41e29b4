import Testing
import XferSystem

@testable import XferSupervisor

@Suite("Dropped connections are reported once a second at most")
struct DropReportTests {
  private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

  @Test("The first is reported at once, and those of the next second together")
  func dropsAreGathered() {
    var report = DropReport()
    #expect(report.take(now: now) == nil)
    report.note("a")
    #expect(report.take(now: now)?.count == 1)
    for _ in 0..<500 { report.note("b") }
    #expect(report.take(now: now + .milliseconds(999)) == nil)
    #expect(report.dueAt == now + .seconds(1))
    let later = report.take(now: now + .seconds(1))
    #expect(later?.count == 500 && later?.last == "b")
    #expect(report.dueAt == nil)
  }
}
