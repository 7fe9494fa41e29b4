extension HostileName {
  /// The table, in the order in which the names are offered.
  static let table: [HostileName] = climbing + control + encoding + long + odd + own + twins + used

  private static let a255 = String(repeating: "a", count: 255)
  private static let c255 = String(repeating: "c", count: 255)

  /// Names that would lead out of the directory, or that are not written in the one legal way.
  private static let climbing: [HostileName] = [
    .bad(""), .bad("."), .bad(".."), .bad("/"), .bad("../up"), .bad("../../../../../../etc/passwd"),
    .bad("a/../b"), .bad("a/.."), .bad("a/./b"), .bad("./a"), .bad("a/."), .bad("/etc/passwd"),
    .bad("//etc/passwd"), .bad("a//b"), .bad("a/"), .bad("dir/sub/"), .bad("a/b/../../../up"),
    .bad("/.."), .bad("..//"), .bad("../incoming/x"), .bad("../history.sqlite"),
  ]

  /// Names with characters that a terminal or a log interprets.
  private static let control: [HostileName] = [
    .cut("nul\0.txt", at: 3), .bad("new\nline"), .bad("carriage\rreturn"), .bad("tab\t"),
    .bad("escape\u{1b}[31m"), .bad("bell\u{7}"), .bad("delete\u{7f}"), .bad("csi\u{9b}31m"),
    .bad("next\u{85}line"), .bad("dir\n/file"), .bad("\u{1}"),
  ]

  /// Names that are not UTF-8, as a decoder that is not strict would take them.
  private static let encoding: [HostileName] = [
    .bad([0xc3, 0x28]), .bad([0xff - 1, 0x61]), .bad([0xe2, 0x82]), .bad([0x80]),
    .bad([0x2e, 0x2e, 0xc0, 0xaf, 0x75, 0x70]), .bad([0x61, 0xc0, 0x80]),
    .bad([0xe0, 0x80, 0xaf]), .bad([0xed, 0xa0, 0x80]), .bad([0xf4, 0x90, 0x80, 0x80]),
    .bad([0xf8, 0x88, 0x80, 0x80, 0x80]), .bad([0xc0, 0xae, 0xc0, 0xae]),
  ]

  /// Names at the limits and beyond them: bytes of a part, bytes of the name, parts.
  private static let long: [HostileName] = [
    .good(a255), .bad(a255 + "a"), .good(String(repeating: "é", count: 127) + "x"),
    .bad(String(repeating: "é", count: 128)), .bad("dir/\(a255)a/file"),
    .good([c255, c255, c255, String(c255.dropLast()), "b"].joined(separator: "/")),
    .bad([c255, c255, c255, String(c255.dropLast()), "bc"].joined(separator: "/")),
    .bad(String(repeating: "b/", count: 2000) + "b"),
    .good(Array(repeating: "d", count: 32).joined(separator: "/")),
    .bad(Array(repeating: "e", count: 33).joined(separator: "/")),
  ]

  /// Names that other programs interpret, and that mean nothing here.
  private static let odd: [HostileName] = [
    .good("..."), .good("..a"), .good("a.."), .good(".hidden"), .good(" "), .good(" blank "),
    .good("dot."), .good("back\\slash"), .good("..\\..\\up"), .good("C:\\Windows\\win.ini"),
    .good("\\\\server\\share"), .good("~"), .good("-rf"), .good("--help"), .good("%2e%2e%2fup"),
    .good("%2e%2e/up"), .good("%00"), .good("%n%s%x"), .good("$(touch up)"), .good("`id`;|&"),
    .good("*"), .good("?"), .good("[a]"), .good("'; DROP TABLE transfer;--"), .good("\"quoted\""),
    .good("<script>alert(1)<\u{2215}script>"), .good("CON"), .good("NUL.txt"), .good("LPT1"),
    .good("dev/null"), .good("proc/self/fd/0"), .good("file:stream"), .good("a=b,c"),
  ]

  /// The names of the receiver's own files, below `files/` where they are harmless; and its probe.
  private static let own: [HostileName] = [
    .good("incoming/0123456789abcdef"), .good("history.sqlite"), .good("history.sqlite-wal"),
    .good("lock"), .good("clients"), .good("invites"), .good("key.pem"), .good("files/files"),
    .good("x.sums"), .bad(".xferd-probe"), .bad(".xferd-probe/below"), .good(".xferd-probes"),
  ]

  /// Names that look the same, or that are shown in another order than they are written.
  private static let twins: [HostileName] = [
    .good("caf\u{e9}"), .good("cafe\u{301}"), .good("Readme"), .good("README"), .good("K"),
    .good("\u{212a}"), .good("a\u{202e}gpj.exe"), .good("a\u{200b}b"), .good("\u{feff}bom"),
    .good("line\u{2028}separator"), .good("\u{ff0e}\u{ff0e}"), .good("..\u{2215}up"),
    .good("\u{1f468}\u{200d}\u{1f469}"), .good("\u{ffff}"), .good("\u{0430}dmin"), .good("admin"),
  ]

  /// Names that are taken when they are offered.
  private static let used: [HostileName] = [
    .good("taken"), .taken("taken"), .taken("taken/below"), .good("dir/file"), .directory("dir"),
    .taken("dir/file/below/deep"), .taken("caf\u{e9}"),
  ]
}

/// A name that a client with the directory `cams/7` offers, and the reason of its refusal.
struct NameBelowPrefix: Sendable {
  let bytes: [UInt8]
  let reason: Int?

  init(_ name: String, _ reason: Int? = nil) {
    bytes = Array(name.utf8)
    self.reason = reason
  }
}

extension HostileName {
  private static let longest = [a255, a255, a255, a255].joined(separator: "/")

  static let belowPrefix: [NameBelowPrefix] = [
    NameBelowPrefix("file"), NameBelowPrefix("cams/7/file"), NameBelowPrefix("7"),
    NameBelowPrefix(".xferd-probe"), NameBelowPrefix("..x/file"), NameBelowPrefix("cams\\8"),
    NameBelowPrefix("%2e%2e/8/file"), NameBelowPrefix("../8/file", badName),
    NameBelowPrefix("..", badName), NameBelowPrefix("/file", badName),
    NameBelowPrefix("/cams/8/file", badName), NameBelowPrefix("a/../../8/file", badName),
    NameBelowPrefix("./file", badName), NameBelowPrefix("", badName), NameBelowPrefix("/", badName),
    NameBelowPrefix("//file", badName), NameBelowPrefix("x\0/../../8", badName),
    NameBelowPrefix(longest, badName),
    NameBelowPrefix(Array(repeating: "d", count: 30).joined(separator: "/")),
    NameBelowPrefix(Array(repeating: "d", count: 31).joined(separator: "/"), badName),
    NameBelowPrefix("file", exists), NameBelowPrefix("file/below", exists),
  ]
}
