import Glibc

/// A secret among the arguments of a program, which `ps` shows to every user.
package enum SecretArgument {
  /// Overwrites each argument that is this text, so that the list of processes shows it no longer.
  /// It was shown from the start of the program until now.
  package static func hide(_ text: String) {
    for index in 1..<max(Int(CommandLine.argc), 1) {
      guard let argument = CommandLine.unsafeArgv[index], strcmp(argument, text) == 0 else {
        continue
      }
      memset(argument, Int32(UInt8(ascii: "x")), strlen(argument))
    }
  }
}
