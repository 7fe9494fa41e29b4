import Foundation
import Testing

/// A file system for one test, which can be filled to its last byte.
enum TestDisk: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case tmpfs, ext4, xfs, btrfs

  /// The file systems that can be made on this machine. tmpfs and ext4 are always tried, so that a
  /// machine without them fails the test instead of skipping it.
  static let usable = allCases.filter { $0 == .tmpfs || $0 == .ext4 || $0.tool != nil }

  /// True if an image can be mounted.
  static let canLoop = getuid() == 0 && FileManager.default.fileExists(atPath: "/dev/loop-control")

  var testDescription: String { rawValue }

  /// The smallest size that can be made, or little more.
  private var size: String {
    switch self {
    case .tmpfs, .ext4: "64M"
    case .xfs: "320M"
    case .btrfs: "128M"
    }
  }

  private var tool: String? {
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map { "\($0)/mkfs.\(rawValue)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private var options: [String] {
    switch self {
    case .tmpfs: []
    // Without this, root could use the reserved blocks of a full disk.
    case .ext4: ["-q", "-F", "-m", "0"]
    case .xfs: ["-q", "-f"]
    case .btrfs: ["-q", "-f", "--mixed"]
    }
  }

  /// Runs `body` with an empty directory on such a file system, and unmounts it afterwards.
  func run(
    below directory: TemporaryDirectory, size: String? = nil,
    _ body: @Sendable (String) async throws -> Void
  ) async throws {
    let disk = directory.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try await mount(disk, image: directory.path + "/image", size ?? self.size)
    do {
      try await body(disk)
    } catch {
      try await TestDisk.unmount(disk)
      throw error
    }
    try await TestDisk.unmount(disk)
  }

  /// Unmounts the disk in a detached task, because a cancelled test can start no program.
  private static func unmount(_ disk: String) async throws {
    try await Task.detached { try await tool("umount", "-l", disk) }.value
  }

  private func mount(_ disk: String, image: String, _ size: String) async throws {
    if self == .tmpfs {
      return try await TestDisk.tool(
        "mount", "-t", "tmpfs", "-o", "size=\(size)", "xfer-test", disk)
    }
    try await TestDisk.tool("truncate", "-s", size, image)
    try await TestDisk.tool([try #require(tool, "mkfs.\(rawValue) is missing")] + options + [image])
    try await TestDisk.tool("mount", "-t", rawValue, "-o", "loop", image, disk)
  }

  static func tool(_ command: String...) async throws { try await tool(command) }

  private static func tool(_ command: [String]) async throws {
    let outcome = try await Programs.run("/usr/bin/env", command)
    try #require(outcome.status == 0, "\(command): \(outcome.err)")
  }

  /// Returns the number of available bytes, as `df` shows them after a commit of the file system,
  /// which btrfs makes only every 30 seconds by itself.
  static func free(_ path: String) throws -> Int {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    fsync(descriptor)
    sync()
    let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
    return try #require(attributes[.systemFreeSize] as? Int)
  }

  /// Fills the disk and leaves that many bytes free.
  static func fill(_ disk: String, leaving bytes: Int, with name: String = "ballast") async throws {
    let count = try free(disk) - bytes
    let path = "\(disk)/\(name)"
    try await tool("sh", "-c", "head -c \(count) /dev/zero > \(path) && sync -f \(disk)")
  }
}
