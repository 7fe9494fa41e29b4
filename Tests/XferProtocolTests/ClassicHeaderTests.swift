import Testing

@testable import XferProtocol

@Suite("The classic header is parsed strictly")
struct ClassicHeaderTests {
  @Test("The name in a classic header ends at its NUL, and later bytes are ignored")
  func bytesAfterNULAreIgnored() throws {
    var bytes = header("a b.txt", size: 258)
    bytes[200] = 0x61
    let (name, size) = try ClassicHeader.parse(bytes)
    #expect(name.text == "a b.txt")
    #expect(size == 258)
  }

  @Test(
    "The size in a classic header is little-endian and at most 2 GiB less one byte",
    arguments: [0, 1, 256, Int32.max])
  func sizeIsLittleEndian(_ size: Int32) throws {
    #expect(try ClassicHeader.parse(header("a", size: size)).size == UInt64(size))
  }

  @Test(
    "A negative size in a classic header is refused as bad_size", arguments: [-1, -2, Int32.min])
  func negativeSizeIsRefused(_ size: Int32) {
    #expect(reason(of: header("a", size: size)) == .badSize)
    #expect(ClassicHeader.announcedSize(header("a", size: size)) == size)
  }

  @Test("A classic name without a NUL in its 256 bytes is refused")
  func nameWithoutNULIsRefused() {
    let bytes = [UInt8](repeating: 0x61, count: 256) + [1, 0, 0, 0]
    #expect(reason(of: bytes) == .badName)
  }

  @Test("A classic name of 255 bytes and a NUL is accepted")
  func nameOf255BytesIsAccepted() throws {
    let name = String(repeating: "x", count: 255)
    #expect(try ClassicHeader.parse(header(name, size: 0)).name.text == name)
  }

  @Test(
    "A classic name that is empty or has a slash, dots or a control character is refused",
    arguments: ["", "/", "a/b", "/etc/passwd", "..", ".", "../a", "a\n"])
  func unsafeNameIsRefused(_ name: String) {
    #expect(reason(of: header(name, size: 1)) == .badName)
  }

  @Test("A classic name that is not UTF-8 is refused")
  func nonUTF8NameIsRefused() {
    var bytes = header("a", size: 1)
    bytes[0] = 0xfe
    #expect(reason(of: bytes) == .badName)
  }

  @Test("An invalid classic name has a printable form for the history")
  func invalidNameIsPrintable() {
    #expect(ClassicHeader.printableName(header("../a", size: 1)) == "../a")
    #expect(ClassicHeader.printableName(header("", size: 1)) == "")
    let noNUL = [UInt8](repeating: 0x61, count: 260)
    #expect(ClassicHeader.printableName(noNUL) == String(repeating: "a", count: 256))
  }

  private func header(_ name: String, size: Int32) -> [UInt8] {
    let field = Array(name.utf8) + [UInt8](repeating: 0, count: 256 - name.utf8.count)
    return field + withUnsafeBytes(of: size.littleEndian) { Array($0) }
  }

  private func reason(of header: [UInt8]) -> Reason? {
    do {
      _ = try ClassicHeader.parse(header)
      return nil
    } catch {
      return error.reason
    }
  }
}
