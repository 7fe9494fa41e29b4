import Foundation
import Testing

@Suite("An unchanged file keeps its transfer id", .timeLimit(.minutes(20)))
struct IdentityTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func ids(_ outcome: Outcome) -> [String] {
    outcome.objects.compactMap { $0["transfer_id"] as? String }
  }

  @Test(
    "A file keeps its transfer id when its file system is mounted with another device number",
    .enabled(if: getuid() == 0))
  func idSurvivesRemount() async throws {
    try await withReceiver { receiver in
      let script = """
        cd \(directory.path) && mkdir lower other upper work mount && echo content > lower/f || exit 1
        mount -t tmpfs none other && mkdir other/upper other/work || exit 1
        for number in 1 2; do
          mount -t overlay none -o lowerdir=lower:other mount 2>&1 || exit 1
          stat -c %d mount/f
          \(Programs.directory)/xferctl send mount/f --json --server \(receiver.server) || exit 1
          umount mount && mkdir -p between && mount -t tmpfs none between
        done
        """
      let outcome = try await Programs.run("/usr/bin/env", ["unshare", "-m", "sh", "-c", script])
      try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
      let devices = outcome.lines.filter { Int($0) != nil }
      #expect(Set(devices).count == 2, "the trial needs two numbers")
      #expect(Set(ids(outcome)).count == 1)
      #expect(outcome.objects.last?["repeated"] as? Bool == true)
    }
  }

  @Test(
    "A transfer id follows --machine or XFER_MACHINE instead of the host name",
    .enabled(if: getuid() == 0), arguments: [true, false])
  func machineNameReplacesHostName(isOption: Bool) async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      func id(_ host: String, _ name: String) async throws -> String {
        let option = isOption ? "--machine '\(name)'" : ""
        let script =
          "hostname \(host); exec \(Programs.directory)/xferctl send \(file) --json "
          + "--server \(receiver.server) \(name.isEmpty ? "" : option)"
        let outcome = try await Programs.run(
          "/usr/bin/env", ["unshare", "-u", "sh", "-c", script],
          isOption ? [:] : ["XFER_MACHINE": name])
        // A file of that name from another machine is refused, and has no id in the output.
        return ids(outcome).first ?? ""
      }
      let first = try await id("one", "web")
      #expect(try await id("two", "web") == first && !first.isEmpty)
      #expect(try await id("one", "mail") == "")
      #expect(try await id("one", "") == "")
    }
  }
}
