import Foundation
import Testing

/// `make install` takes the programs under test in place of the release programs.
@Suite("make install and make uninstall are right", .timeLimit(.minutes(20)))
struct InstallTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path

  private var prefix: String { directory.path + "/prefix" }

  /// Runs targets of the Makefile with the prefix of this test.
  private func make(_ targets: String...) async throws {
    let variables = [
      "PREFIX=\(prefix)", "DESTDIR=", "BUILT=\(Programs.directory)",
      "SHARE=\(directory.path)/share",
    ]
    let outcome = try await Programs.run(
      "/usr/bin/env", ["make", "-s", "-C", InstallTests.root] + targets + variables)
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  private var installed: Set<String> {
    let paths = FileManager.default.enumerator(atPath: prefix)?.compactMap { $0 as? String } ?? []
    return Set(
      paths.filter { path in
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: "\(prefix)/\(path)", isDirectory: &isDirectory)
        return !isDirectory.boolValue
      })
  }

  @Test("Programs, pages, completions and units are below PREFIX, and uninstall leaves no file")
  func installAndUninstall() async throws {
    try await make("share", "install")
    let shells = ["bash-completion/completions/", "zsh/site-functions/_"].flatMap { shell in
      ["xferd", "xferctl"].map { "share/\(shell)\($0)" }
    }
    let units = ["xferd.service", "xferd.socket", "xferd-http.socket", "xfer-watch@.service"]
    let pages = ["man1/xferctl.1", "man5/xfer.5", "man7/xfer-protocol.7", "man8/xferd.8"]
    let expected =
      ["bin/xferd", "bin/xferctl"] + shells + pages.map { "share/man/\($0)" }
      + ["xferd", "xferctl"].map { "share/fish/vendor_completions.d/\($0).fish" }
      + units.map { "lib/systemd/system/\($0)" }
    #expect(installed == Set(expected))
    try await make("uninstall")
    #expect(installed.isEmpty)
  }

  private static let hasAnalyser = FileManager.default.isExecutableFile(
    atPath: "/usr/bin/systemd-analyze")

  @Test(
    "The installed units are valid, start the installed programs, and have few exposures",
    .enabled(if: hasAnalyser, "there is no systemd-analyze"))
  func unitsAreValid() async throws {
    try await make("share", "install")
    let units = prefix + "/lib/systemd/system"
    // A template is verified as an instance.
    try FileManager.default.copyItem(
      atPath: units + "/xfer-watch@.service", toPath: units + "/xfer-watch@srv-outbox.service")
    let names = [
      "xferd.service", "xferd.socket", "xferd-http.socket", "xfer-watch@srv-outbox.service",
    ]
    let verified = try await Programs.run(
      "/usr/bin/systemd-analyze", ["verify", "--man=no"] + names.map { "\(units)/\($0)" })
    #expect(verified.status == 0 && verified.err.isEmpty, "\(verified.err)")
    for name in ["xferd.service", "xfer-watch@srv-outbox.service"] {
      let security = try await Programs.run(
        "/usr/bin/systemd-analyze",
        ["security", "--offline=true", "--threshold=15", "\(units)/\(name)"])
      #expect(security.status == 0, "\(security.out.suffix(200))")
    }
  }
}
