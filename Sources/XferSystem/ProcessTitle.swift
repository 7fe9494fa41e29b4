import CLinux

/// What `ps` shows for this process: the role and whom it serves.
public enum ProcessTitle {
  /// Once, before the first fork and before any thread reads the environment.
  public static func prepare() {
    xfer_title_prepare(CommandLine.argc, CommandLine.unsafeArgv)
  }

  public static func set(_ title: String) { xfer_title_set(title) }
}
