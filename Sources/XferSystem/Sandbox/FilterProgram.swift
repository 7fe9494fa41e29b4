import CLinux

/// The program of a `CallFilter`, in the instructions of classic BPF (linux/filter.h,
/// linux/seccomp.h). Fields of `struct seccomp_data` are loaded by their offset.
enum FilterProgram {
  private static let allow: UInt32 = 0x7fff_0000
  private static let kill: UInt32 = 0x8000_0000
  private static let fail: UInt32 = 0x0005_0000
  private static let notPermitted: UInt32 = 1  // EPERM

  #if arch(x86_64)
    private static let architecture: UInt32 = 0xc000_003e
  #elseif arch(arm64)
    private static let architecture: UInt32 = 0xc000_00b7
  #endif

  /// Returns the steps of rules. The number of a call is compared with each, in their order.
  static func steps(_ rules: [CallRule]) -> [xfer_filter_step] { rules.flatMap(steps) }

  /// Returns the whole program: the check of the architecture, the steps, and the refusal of all
  /// other calls.
  static func complete(_ steps: [xfer_filter_step]) -> [xfer_filter_step] {
    [load(4), jump(equal: architecture, 1, 0), finish(kill), load(0)] + steps
      + [finish(fail | notPermitted)]
  }

  private static func steps(_ rule: CallRule) -> [xfer_filter_step] {
    let verdict = finish(rule.error.map { fail | UInt32($0) } ?? allow)
    guard !rule.conditions.isEmpty else {
      return rule.numbers.flatMap { [jump(equal: $0, 0, 1), verdict] }
    }
    // A condition that does not hold leads to the load of the number, for the rules that follow.
    let tests = rule.conditions.enumerated().flatMap { index, condition in
      steps(condition, otherwise: UInt8(2 * (rule.conditions.count - index - 1) + 1))
    }
    let body = tests + [verdict, load(0)]
    return rule.numbers.flatMap { [jump(equal: $0, 0, UInt8(body.count))] + body }
  }

  /// Loads an argument and tests it. `otherwise` is the number of steps to skip if the test fails.
  private static func steps(
    _ condition: CallRule.Condition, otherwise: UInt8
  ) -> [xfer_filter_step] {
    switch condition {
    case .equals(let index, let value): [argument(index), jump(equal: value, 0, otherwise)]
    case .hasNone(let index, let bits): [argument(index), jump(anyOf: bits, otherwise, 0)]
    case .hasAll(let index, let bit): [argument(index), jump(anyOf: bit, 0, otherwise)]
    }
  }

  /// Loads the lower half of an argument. Both architectures are little-endian.
  private static func argument(_ index: Int) -> xfer_filter_step { load(UInt32(16 + 8 * index)) }

  /// BPF_LD | BPF_W | BPF_ABS.
  private static func load(_ offset: UInt32) -> xfer_filter_step { step(0x20, 0, 0, offset) }

  /// BPF_JMP | BPF_JEQ | BPF_K.
  private static func jump(
    equal value: UInt32, _ ifTrue: UInt8, _ ifFalse: UInt8
  ) -> xfer_filter_step { step(0x15, ifTrue, ifFalse, value) }

  /// BPF_JMP | BPF_JSET | BPF_K.
  private static func jump(
    anyOf bits: UInt32, _ ifTrue: UInt8, _ ifFalse: UInt8
  ) -> xfer_filter_step { step(0x45, ifTrue, ifFalse, bits) }

  /// BPF_RET | BPF_K.
  private static func finish(_ result: UInt32) -> xfer_filter_step { step(0x06, 0, 0, result) }

  private static func step(
    _ code: UInt16, _ ifTrue: UInt8, _ ifFalse: UInt8, _ operand: UInt32
  ) -> xfer_filter_step {
    xfer_filter_step(code: code, if_true: ifTrue, if_false: ifFalse, operand: operand)
  }
}
