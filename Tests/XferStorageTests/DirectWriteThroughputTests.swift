import Testing

@testable import XferStorage

@Suite("The throughput of direct writes is measured in windows")
struct DirectWriteThroughputTests {
  private static let window = 32 << 20

  @Test(
    "A disk counts as slow below 100 MB/s, after a whole window of writes",
    arguments: [(99, false, false), (99, true, true), (101, true, false)])
  func slowDiskIsDetectedAfterOneWindow(megabytes: Int, isWhole: Bool, isSlow: Bool) {
    let throughput = DirectWriteThroughput()
    let bytes = isWhole ? DirectWriteThroughputTests.window : DirectWriteThroughputTests.window - 1
    throughput.record(bytes: bytes, nanoseconds: Int64(bytes * 1000 / megabytes))
    #expect(throughput.isSlow == isSlow)
  }

  @Test("A disk that was slow once stays classified as slow")
  func slowDiskStaysSlow() {
    let throughput = DirectWriteThroughput()
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 10_000_000_000)
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 1)
    #expect(throughput.isSlow)
  }

  @Test("Each window of direct writes is measured separately")
  func windowsAreMeasuredSeparately() {
    let throughput = DirectWriteThroughput()
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 300_000_000)
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 300_000_000)
    #expect(!throughput.isSlow)
  }
}
