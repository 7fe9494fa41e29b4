import Glibc
import XferFuzz

private let tested = getenv("FUZZ_CASE").flatMap { FuzzCase(rawValue: String(cString: $0)) }

/// Gives the bytes of libFuzzer (https://llvm.org/docs/LibFuzzer.html) to the case with the name in
/// the variable FUZZ_CASE.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  guard let tested else { fatalError("FUZZ_CASE is not the name of a case") }
  do {
    try tested.check(Array(UnsafeBufferPointer(start: data, count: size)))
  } catch { fatalError("\(error)") }
  return 0
}
