import Testing
import XferText

@Suite("Figures are formatted for people")
struct ReadableTests {
  @Test(
    "A byte count uses the unit that keeps it below 1024",
    arguments: [
      (0, "0 B"), (17, "17 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (4096, "4.0 KiB"),
      (1_048_575, "1.0 MiB"), (1_048_576, "1.0 MiB"), (1_610_612_736, "1.5 GiB"),
      (Int64.max, "8.0 EiB"),
    ] as [(Int64, String)])
  func bytesUseUnitBelow1024(_ count: Int64, _ text: String) {
    #expect(Readable.bytes(count) == text)
  }

  @Test("A rate is shown in bytes per second")
  func rateIsBytesPerSecond() { #expect(Readable.rate(1_288_490_189) == "1.2 GiB/s") }

  @Test(
    "A duration shows at most its two largest units",
    arguments: [
      (-1, "0.0 ms"), (0, "0.0 ms"), (0.0004, "0.4 ms"), (0.012, "12 ms"), (0.999, "999 ms"),
      (1, "1.0 s"), (3.2, "3.2 s"), (59.9, "59.9 s"), (60, "1m 00s"), (245, "4m 05s"),
      (3599, "59m 59s"), (3600, "1h 00m"), (7380, "2h 03m"), (86_400, "1d 00h"),
      (273_600, "3d 04h"),
    ] as [(Double, String)])
  func durationHasTwoUnitsAtMost(_ seconds: Double, _ text: String) {
    #expect(Readable.duration(seconds: seconds) == text)
  }

  @Test(
    "A decimal has the requested number of places",
    arguments: [
      (0, 1, "0.0"), (0.05, 1, "0.1"), (1.25, 3, "1.250"), (-0.5, 1, "-0.5"), (-12.34, 2, "-12.34"),
      (7, 0, "7"), (-0.4, 0, "0"), (1234.5, 0, "1235"), (0.001, 3, "0.001"),
    ] as [(Double, Int, String)])
  func decimalHasRequestedPlaces(_ value: Double, _ places: Int, _ text: String) {
    #expect(Readable.decimal(value, places: places) == text)
  }

  @Test("A count of one uses the singular")
  func countOfOneIsSingular() {
    #expect(Readable.count(1, of: "file") == "1 file")
    #expect(Readable.count(0, of: "file") == "0 files")
    #expect(Readable.count(2, of: "file") == "2 files")
  }
}
