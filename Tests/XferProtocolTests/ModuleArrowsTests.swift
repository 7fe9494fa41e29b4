import FoundationEssentials
import Testing

/// docs/architecture.md shows the dependencies of Package.swift.
@Suite("The module diagram agrees with Package.swift")
struct ModuleArrowsTests {
  private let package: String
  private let document: String

  init() throws {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }
    package = try text("Package.swift")
    document = try text("docs/architecture.md")
  }

  @Test("docs/architecture.md shows exactly the dependencies of Package.swift")
  func diagramMatchesPackage() {
    #expect(drawn == declared)
    #expect(declared.count > 10)
  }

  /// The modules that each module depends on, read from the lines "Module -> Module, Module".
  private var drawn: [String: Set<String>] {
    var arrows: [String: Set<String>] = [:]
    for line in document.split(separator: "\n") {
      guard let match = line.wholeMatch(of: /(\w+) -> ([\w, ]+)/) else { continue }
      arrows[String(match.1)] = Set(match.2.split(separator: ", ").map(String.init))
    }
    return arrows
  }

  /// The same, read from the targets of Package.swift without the test targets.
  private var declared: [String: Set<String>] {
    let target = /\.(?:target|executableTarget)\(\s*name: "(\w+)",\s*dependencies: \[([^\]]*)\]/
    var arrows: [String: Set<String>] = [:]
    for match in package.matches(of: target) {
      let names = match.2.matches(of: /"(\w+)"/).map { String($0.1) }
      if !names.isEmpty { arrows[String(match.1)] = Set(names) }
    }
    return arrows
  }
}
