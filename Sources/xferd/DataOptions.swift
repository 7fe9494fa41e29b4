import ArgumentParser

/// The data directory, for commands that run on the receiver's host.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The receiver's data directory. (default: $XFERD_DATA)", valueName: "dir"),
    completion: .directory)
  var data: String?

  /// Throws if neither the option nor the environment variable is set.
  func directory() throws -> String {
    if let directory = data ?? ProcessEnvironment.all["XFERD_DATA"] { return directory }
    throw ValidationError("no data directory; use --data DIR or set XFERD_DATA")
  }
}
