import ArgumentParser
import Synchronization
import XferClient
import XferCommand
import XferSystem

/// The options that select files and give them names.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The directory at the receiver for all files.", valueName: "directory"))
  var to: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The name at the receiver. With several files or a trailing slash, the directory there.",
      valueName: "name")
  )
  var name: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Do not send what matches, such as '*.o' or tmp/. The patterns are those of rsync.",
      valueName: "rule"),
    transform: { FilterOption.pattern($0, .exclude) })
  var exclude: [FilterOption] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Send what matches. Of all rules, the first that matches counts.", valueName: "rule"),
    transform: { FilterOption.pattern($0, .include) })
  var include: [FilterOption] = []

  @Option(
    help: ArgumentHelp("Symbolic links: skip, keep or follow. (default: skip)", valueName: "how"),
    completion: .list(LinkHandling.allCases.map(\.rawValue)), transform: SelectionOptions.links)
  var links = LinkHandling.skip

  @Option(
    help: ArgumentHelp(
      "Send only what changed since a time, such as 2026-11-22, or within an age, such as 2d.",
      valueName: "time"),
    transform: parseMoment)
  var newerThan: Timestamp?

  @Option(
    help: ArgumentHelp(
      "Send only the names in a file, or - for standard input.", valueName: "file"),
    completion: .file())
  var filesFrom: String?

  @Flag(name: .customLong("from0"), help: "The names of --files-from end with a NUL each.")
  var endsWithNUL = false

  @Option(
    help: ArgumentHelp("Read excludes from the lines of a file.", valueName: "file"),
    completion: .file(),
    transform: { FilterOption.file($0, .exclude) })
  var excludeFrom: [FilterOption] = []

  @Option(
    help: ArgumentHelp("Read includes from the lines of a file.", valueName: "file"),
    completion: .file(),
    transform: { FilterOption.file($0, .include) })
  var includeFrom: [FilterOption] = []

  func validate() throws {
    if to != nil, name != nil { throw ValidationError("--to and --as cannot be used together") }
    if endsWithNUL, filesFrom == nil { throw ValidationError("--from0 needs --files-from") }
    if let to { try SelectionOptions.check(to, "--to") }
    if let name { try SelectionOptions.check(name, "--as") }
  }

  private static func links(_ text: String) throws -> LinkHandling {
    guard let links = LinkHandling(rawValue: text) else {
      throw ValidationError("invalid value \"\(text)\"; expected skip, keep or follow")
    }
    return links
  }

  private static func check(_ name: String, _ option: String) throws {
    do {
      _ = try SendName.check(name)
    } catch {
      throw ValidationError("\(option): \(error)")
    }
  }

  /// Returns the files to send. Throws if a file of names or patterns cannot be read.
  func selection(_ paths: [String]) throws -> Selection {
    var selection = Selection(paths)
    selection.name = to.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? name
    selection.newerThan = newerThan
    selection.links = links
    for option in (include + exclude + includeFrom + excludeFrom).sorted(by: { $0 < $1 }) {
      try option.add(to: &selection.filter)
    }
    if let filesFrom { try selection.readNames(from: filesFrom, endsWithNUL: endsWithNUL) }
    return selection
  }
}

/// One of the options `--include`, `--exclude`, `--include-from` and `--exclude-from`.
struct FilterOption {
  /// The number of options of this kind that were read. Each kind has an array of its own in the
  /// command, but the order of all of them counts. The parser reads them from left to right.
  private static let count = Mutex(0)

  private let place: Int
  private let option: String
  private let add: (inout FileFilter) throws -> Void

  private init(
    _ option: String, _ effect: FilterRule.Effect,
    _ add: @escaping (inout FileFilter) throws -> Void
  ) {
    self.option = "--" + (effect == .include ? "include" : "exclude") + option
    self.add = add
    place = FilterOption.count.withLock { count in
      count += 1
      return count
    }
  }

  static func pattern(_ text: String, _ effect: FilterRule.Effect) -> FilterOption {
    FilterOption("", effect) { try $0.add(text, effect: effect) }
  }

  static func file(_ path: String, _ effect: FilterRule.Effect) -> FilterOption {
    FilterOption("-from", effect) { try $0.add(file: path, effect: effect) }
  }

  static func < (left: FilterOption, right: FilterOption) -> Bool { left.place < right.place }

  /// Adds its rules to a filter.
  func add(to filter: inout FileFilter) throws {
    do {
      try add(&filter)
    } catch {
      throw ValidationError("\(option): \(error)")
    }
  }
}
