#if FAILPOINTS
  import CLinux
  import Glibc

  /// Attempts that a test lists in a failpoint's file, to see what a process can reach. Exist in
  /// debug builds only.
  ///
  /// Each line is a verb and an argument. The file `NAME.results` then has the same lines, each
  /// followed by "done" or by the number of the error.
  enum Probe {
    static func run(_ place: String) {
      let lines = text(place + ".reached").split(separator: "\n").map(String.init)
      guard !lines.isEmpty else { return }
      let results = lines.map { "\($0) \(result(of: $0))\n" }.joined()
      guard let file = fopen(place + ".new", "w") else { return }
      fputs(results, file)
      fclose(file)
      rename(place + ".new", place + ".results")
    }

    private static func result(of line: String) -> String {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      let code = attempt(words[0], words.count > 1 ? words[1] : "")
      return code == 0 ? "done" : "\(code)"
    }

    /// Returns the error of an attempt; 0 if it succeeded.
    private static func attempt(_ verb: String, _ argument: String) -> Int32 {
      switch verb {
      case "read": open(argument, O_RDONLY)
      case "write": open(argument, O_WRONLY)
      case "create": open(argument, O_WRONLY | O_CREAT)
      case "remove": call(SYS_unlinkat, Int(AT_FDCWD), argument)
      case "list": open(argument, O_RDONLY | O_DIRECTORY)
      case "connect": withSocket(argument) { Glibc.connect($0, $1, $2) }
      case "bind": withSocket(argument) { Glibc.bind($0, $1, $2) }
      case "datagram": socketError(Int32(SOCK_DGRAM.rawValue))
      case "execute": missing(xfer_try_call(Int(SYS_execve), address(argument), 0, 0, 0))
      case "fork": spawn(argument)
      case "signal": xfer_try_call(Int(SYS_kill), Int(argument) ?? 0, 0, 0, 0)
      // PRIO_PROCESS is 0.
      case "priority": xfer_try_call(Int(SYS_setpriority), 0, Int(argument) ?? 0, 1, 0)
      case "schedule": schedule(Int(argument) ?? 0)
      // PTRACE_SEIZE, which does not stop the process. It ends with this process.
      case "trace": xfer_try_call(Int(SYS_ptrace), 0x4206, Int(argument) ?? 0, 0, 0)
      // 7 is read, write and execute; 0x22 is private and anonymous.
      case "code": xfer_try_call(Int(SYS_mmap), 0, 4096, 7, 0x22)
      case "own": own(Int(argument) ?? 0)
      // F_SETSIG is 10; the signal is SIGKILL.
      case "notify": withEvent { xfer_try_call(Int(SYS_fcntl), $0, 10, 9, 0) }
      case "fastopen": connectEarly(by: argument)
      default: EINVAL
      }
    }

    private static func open(_ path: String, _ flags: Int32) -> Int32 {
      let file = Glibc.open(path, flags, 0o600)
      guard file >= 0 else { return errno }
      Glibc.close(file)
      return 0
    }

    private static func call(_ number: Int32, _ first: Int, _ path: String) -> Int32 {
      path.withCString { xfer_try_call(Int(number), first, Int(bitPattern: $0), 0, 0) }
    }

    /// The address of a text that stays in memory.
    private static func address(_ text: String) -> Int { Int(bitPattern: strdup(text)) }

    /// The kernel looked for the program, and there is none: the call was not refused.
    private static func missing(_ code: Int32) -> Int32 { code == ENOENT ? 0 : code }

    private static func socketError(_ type: Int32) -> Int32 {
      let socket = Glibc.socket(AF_INET, type, 0)
      guard socket >= 0 else { return errno }
      Glibc.close(socket)
      return 0
    }

    private static func withSocket(
      _ port: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
      let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard socket >= 0 else { return errno }
      defer { Glibc.close(socket) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = (UInt16(port) ?? 0).bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? 0 : errno
        }
      }
    }

    /// Gives a process the scheduler that it has: SCHED_OTHER (0) with the priority 0.
    private static func schedule(_ pid: Int) -> Int32 {
      var none = sched_param()
      return withUnsafePointer(to: &none) {
        xfer_try_call(Int(SYS_sched_setscheduler), pid, 0, Int(bitPattern: $0), 0)
      }
    }

    /// Makes a process the owner of a descriptor, to which the kernel sends the signals of that: by
    /// F_SETOWN (8), and by F_SETOWN_EX (15) with the type F_OWNER_PID (1).
    private static func own(_ pid: Int) -> Int32 {
      withEvent { descriptor in
        let code = xfer_try_call(Int(SYS_fcntl), descriptor, 8, pid, 0)
        let owner: [Int32] = [1, Int32(pid)]
        let other = owner.withUnsafeBytes {
          xfer_try_call(Int(SYS_fcntl), descriptor, 15, Int(bitPattern: $0.baseAddress), 0)
        }
        return code == 0 || other == 0 ? 0 : code
      }
    }

    private static func withEvent(_ body: (Int) -> Int32) -> Int32 {
      let descriptor = xfer_eventfd()
      defer { Glibc.close(descriptor) }
      return body(Int(descriptor))
    }

    /// Sends with MSG_FASTOPEN (0x20000000), which connects, to the descriptor -1: the kernel looks
    /// for that if the call is not refused.
    private static func connectEarly(by call: String) -> Int32 {
      let code =
        switch call {
        case "sendto": xfer_try_call(Int(SYS_sendto), -1, 0, 0, 0x2000_0000)
        case "sendmsg": xfer_try_call(Int(SYS_sendmsg), -1, 0, 0x2000_0000, 0)
        default: xfer_try_call(Int(SYS_sendmmsg), -1, 0, 0, 0x2000_0000)
        }
      return code == EBADF ? 0 : code
    }

    private static func spawn(_ program: String) -> Int32 {
      var pid = pid_t()
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
      let code = posix_spawn(&pid, program, nil, nil, &arguments, environ)
      if code == 0 { waitpid(pid, nil, 0) }
      return code
    }

    private static func text(_ path: String) -> String {
      guard let file = fopen(path, "r") else { return "" }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 8192)
      let count = fread(&bytes, 1, bytes.count, file)
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
  }
#endif
