import Testing

@testable import XferStorage

@Suite("How fast a disk is seen to be")
struct DirectWriteThroughputTests {
  private static let window = 32 << 20

  @Test(
    "It is slow below 100 MB/s, and not before enough was written to say so",
    arguments: [(99, false, false), (99, true, true), (101, true, false)])
  func itIsSlowBelow100MBS(megabytes: Int, isWhole: Bool, isSlow: Bool) {
    let throughput = DirectWriteThroughput()
    let bytes = isWhole ? DirectWriteThroughputTests.window : DirectWriteThroughputTests.window - 1
    throughput.record(bytes: bytes, nanoseconds: Int64(bytes * 1000 / megabytes))
    #expect(throughput.isSlow == isSlow)
  }

  @Test("Once it was slow it stays so, however fast it is afterwards")
  func onceItWasSlowItStaysSo() {
    let throughput = DirectWriteThroughput()
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 10_000_000_000)
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 1)
    #expect(throughput.isSlow)
  }

  @Test("What one window took does not count in the next")
  func whatOneWindowTookDoesNotCountInNext() {
    let throughput = DirectWriteThroughput()
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 300_000_000)
    throughput.record(bytes: DirectWriteThroughputTests.window, nanoseconds: 300_000_000)
    #expect(!throughput.isSlow)
  }
}
