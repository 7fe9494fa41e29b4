import CFuzzer
import Glibc
import XferFuzz

/// Gives the bytes of libFuzzer (https://llvm.org/docs/LibFuzzer.html) to the case with the name in
/// the variable FUZZ_CASE.
@main
enum Fuzz {
  static let tested = getenv("FUZZ_CASE").flatMap { FuzzCase(rawValue: String(cString: $0)) }

  static func main() {
    guard tested != nil else {
      let names = FuzzCase.allCases.map(\.rawValue).joined(separator: ", ")
      fatalError("FUZZ_CASE: expected one of \(names)")
    }
    var count = CommandLine.argc
    var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &words) { data, size in
        let bytes = Array(UnsafeBufferPointer(start: data, count: size))
        do { try Fuzz.tested?.check(bytes) } catch { fatalError("\(error)") }
        return 0
      })
  }
}
