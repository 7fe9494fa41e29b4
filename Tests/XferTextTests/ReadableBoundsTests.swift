import Testing
import XferText

@Suite("Every number can be shown as text")
struct ReadableBoundsTests {
  static let numbers: [Double] = [
    .infinity, -.infinity, .nan, .signalingNaN, 1e300, -1e300, .greatestFiniteMagnitude, 0x1p63,
    -0x1p63, 0x1p64, 1e19, .leastNonzeroMagnitude, -0.0,
  ]

  @Test("Every Double formats as a duration, a rate and a decimal", arguments: numbers)
  func everyNumberFormats(number: Double) {
    #expect(!Readable.duration(seconds: number).isEmpty)
    #expect(!Readable.rate(number).isEmpty)
    for places in 0...3 { #expect(!Readable.decimal(number, places: places).isEmpty) }
  }

  @Test("An infinite duration is shown in days, and NaN as zero")
  func infinityAndNaNFormatAsDurations() {
    #expect(Readable.duration(seconds: .infinity).contains("d "))
    #expect(Readable.duration(seconds: -.infinity) == "0.0 ms")
    #expect(Readable.duration(seconds: .nan) == "0m 00s")
  }

  @Test(
    "A share shows the part in the unit of the total",
    arguments: [
      (38 << 30, 120 << 30, "38 of 120 GiB"), (0, 100, "0 of 100 B"),
      (1, 1 << 40, "0.0 of 1.0 TiB"),
      (1536 << 20, 3 << 30, "1.5 of 3.0 GiB"), (.max, .max, "16 of 16 EiB"), (5, 0, "5 of 0 B"),
    ] as [(UInt64, UInt64, String)])
  func shareUsesUnitOfTotal(_ done: UInt64, _ total: UInt64, _ text: String) {
    #expect(Readable.share(done, of: total) == text)
  }
}
