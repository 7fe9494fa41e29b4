import CLinux
import Glibc
import SystemPackage

/// A command of the operator, which a shell runs in a process group of its own (posix_spawn(3)).
/// `Fork.reap` reports its end.
package struct ChildCommand {
  /// The process of the shell, which is also the number of its group.
  package let pid: pid_t
  /// The output of the command, its errors included. Reading it does not block.
  package let output: FileDescriptor

  /// Starts `/bin/sh -c command` in a directory. `input` is what the command reads from its standard
  /// input: at most 64 KiB, which a pipe holds at once (pipe(7)). `environment` has one text
  /// `NAME=value` in bytes for each variable. The command inherits no other descriptor.
  package init(
    _ command: String, input: [UInt8], environment: [[UInt8]], directory: String
  ) throws(SystemFailure) {
    let (inputEnd, inputStart) = try ChildCommand.pipe()
    defer { try? inputEnd.close() }
    do {
      defer { try? inputStart.close() }
      try inputStart.setNonBlocking(true)
      var sent = 0
      try retrying("write to a pipe") {
        let count = input.withUnsafeBytes {
          Glibc.write(inputStart.rawValue, $0.baseAddress, $0.count)
        }
        sent = max(count, 0)
        return count
      }
      guard sent == input.count else { throw SystemFailure("write to a pipe", .noSpace) }
    }
    let (outputEnd, outputStart) = try ChildCommand.pipe()
    defer { try? outputStart.close() }
    do {
      try outputEnd.setNonBlocking(true)
      pid = try ChildCommand.spawn(
        command, input: inputEnd, output: outputStart, environment: environment,
        directory: directory)
    } catch {
      try? outputEnd.close()
      throw error
    }
    output = outputEnd
  }

  /// Sends a signal to all processes of the command.
  package func signal(_ number: Int32) { kill(-pid, number) }

  /// Returns the end that is read and the one that is written to, both close-on-exec.
  private static func pipe() throws(SystemFailure) -> (FileDescriptor, FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    try retrying("open a pipe") { Glibc.pipe(&ends) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }

  private static func spawn(
    _ command: String, input: FileDescriptor, output: FileDescriptor, environment: [[UInt8]],
    directory: String
  ) throws(SystemFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDERR_FILENO)
    let failure = directory.withPath { xfer_spawn_actions(&actions, $0) }
    guard failure == 0 else { throw SystemFailure("run a command", Errno(rawValue: failure)) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    setSignals(&attributes)
    var pid: pid_t = 0
    let code = withCStrings(["sh", "-c", command].map { Array($0.utf8) }) { arguments in
      withCStrings(environment) {
        posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, $0)
      }
    }
    guard code == 0 else { throw SystemFailure("run a command", Errno(rawValue: code)) }
    return pid
  }

  /// No signal is blocked or ignored in the command, and it is a group of its own.
  private static func setSignals(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
  }

  private static func withCStrings<Result>(
    _ texts: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let strings = texts.map { text -> UnsafeMutablePointer<CChar>? in
      let string = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
      for (index, byte) in text.enumerated() { string[index] = CChar(bitPattern: byte) }
      string[text.count] = 0
      return string
    }
    defer { for string in strings { string?.deallocate() } }
    return (strings + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
