import Testing

@testable import XferStorage

@Suite("How fast a disk is seen to be")
struct DiskPaceTests {
  private static let window = 32 << 20

  @Test(
    "It is slow below 100 MB/s, and not before enough was written to say so",
    arguments: [(99, false, false), (99, true, true), (101, true, false)])
  func slow(megabytes: Int, isWhole: Bool, isSlow: Bool) {
    let pace = DiskPace()
    let bytes = isWhole ? DiskPaceTests.window : DiskPaceTests.window - 1
    pace.took(Int64(bytes * 1000 / megabytes), bytes)
    #expect(pace.isSlow == isSlow)
  }

  @Test("Once it was slow it stays so, however fast it is afterwards")
  func stays() {
    let pace = DiskPace()
    pace.took(10_000_000_000, DiskPaceTests.window)
    pace.took(1, DiskPaceTests.window)
    #expect(pace.isSlow)
  }

  @Test("What one window took does not count in the next")
  func windows() {
    let pace = DiskPace()
    pace.took(300_000_000, DiskPaceTests.window)
    pace.took(300_000_000, DiskPaceTests.window)
    #expect(!pace.isSlow)
  }
}
