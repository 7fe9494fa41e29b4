import CLinux

/// The title that `ps` shows for this process.
package enum ProcessTitle {
  /// Reserves the memory for titles. Must be called once, before the first fork and before any
  /// thread reads the environment.
  package static func prepare() {
    xfer_title_prepare(CommandLine.argc, CommandLine.unsafeArgv)
  }

  /// Sets the title, truncated to the reserved memory.
  package static func set(_ title: String) { xfer_title_set(title) }
}
