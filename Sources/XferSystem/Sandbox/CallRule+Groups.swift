import CLinux
import Glibc

// The system calls by subject. A role takes the groups that it needs.
extension CallRule {
  /// The calls that every process needs: memory, clocks, waits, its descriptors, its end.
  package static let base: [CallRule] =
    memory + controls + [
      allow(time + waiting + descriptors + identity + ending + portableOnly),
      // The limits and the processors of this process alone.
      allow(SYS_prlimit64, if: .equals(argument: 0, 0)),
      allow(SYS_sched_getaffinity, if: .equals(argument: 0, 0)),
      // prctl(2): PR_SET_NAME (15), PR_GET_NAME (16) and PR_SET_VMA (0x53564d41), for names of
      // threads and of memory.
      allow(SYS_prctl, if: .equals(argument: 0, 15)),
      allow(SYS_prctl, if: .equals(argument: 0, 16)),
      allow(SYS_prctl, if: .equals(argument: 0, 0x5356_4d41)),
    ]

  /// Memory that can be written and executed is refused, new code with it (PROT_EXEC is 4).
  private static let memory: [CallRule] = [
    allow([SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_mincore, SYS_membarrier]),
    allow(SYS_mmap, if: .hasNone(argument: 2, of: 4)),
    allow(SYS_mprotect, if: .hasNone(argument: 2, of: 4)),
  ]

  private static let time: [Int32] = [
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday,
    SYS_getrandom,
  ]

  private static let waiting: [Int32] = [
    SYS_ppoll, SYS_futex, SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_sched_yield,
    SYS_restart_syscall, SYS_signalfd4, SYS_eventfd2,
  ]

  private static let descriptors: [Int32] = [
    SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_close,
    SYS_close_range, SYS_dup, SYS_dup3, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_fstatfs,
    SYS_statfs, SYS_openat, SYS_openat2, SYS_faccessat, SYS_faccessat2, SYS_readlinkat,
    SYS_getcwd,
  ]

  /// fcntl(2) without F_SETOWN (8), F_SETSIG (10) and F_SETOWN_EX (15): the kernel sends the owner
  /// of a descriptor a signal of the caller's choice, as long as both have one user. ioctl(2),
  /// which can do the same, is not allowed at all.
  private static let controls: [CallRule] =
    [8, 10, 15].map {
      CallRule(
        numbers: [UInt32(SYS_fcntl)], conditions: [.equals(argument: 1, $0)], error: EPERM)
    } + [allow([SYS_fcntl])]

  private static let identity: [Int32] = [
    SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
    SYS_uname, SYS_sysinfo, SYS_getrusage, SYS_set_tid_address,
  ]

  private static let ending: [Int32] = [
    SYS_exit, SYS_exit_group, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_sigaltstack,
  ]

  /// Calls that newer architectures do not have.
  #if arch(x86_64)
    private static let portableOnly: [Int32] = [
      SYS_poll, SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_arch_prctl, SYS_dup2,
      SYS_getrlimit, SYS_time,
    ]
    private static let changingNames: [Int32] = [
      SYS_rename, SYS_unlink, SYS_mkdir, SYS_rmdir, SYS_link,
    ]
    private static let selecting: [Int32] = [
      SYS_epoll_create, SYS_epoll_wait, SYS_eventfd, SYS_select, SYS_pipe,
    ]
  #else
    private static let portableOnly: [Int32] = []
    private static let changingNames: [Int32] = []
    private static let selecting: [Int32] = []
  #endif

  /// Threads of this process. Another process cannot be started: clone(2) needs CLONE_THREAD
  /// (0x10000). The flags of clone3(2) are out of a filter's reach: libc falls back to clone(2).
  package static let threads: [CallRule] = [
    allow(SYS_clone, if: .hasAll(argument: 0, of: 0x10000)),
    CallRule(numbers: [UInt32(SYS_clone3)], error: ENOSYS),
    // libdispatch sets the priority of the calling thread: PRIO_PROCESS (0) of the process 0.
    allow(SYS_setpriority, if: .equals(argument: 0, 0), .equals(argument: 1, 0)),
  ]

  /// The event loop of libdispatch or NIO. GRDB closes a database by libdispatch.
  package static let events: [CallRule] = [
    allow(
      [
        SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_timerfd_create,
        SYS_timerfd_settime,
      ] + selecting)
  ]

  /// Sending and receiving over sockets that are open. A call that sends may not connect, which it
  /// would with `earlyConnection`.
  package static let connections: [CallRule] = [
    allow([
      SYS_recvfrom, SYS_recvmsg, SYS_shutdown, SYS_setsockopt, SYS_getsockopt, SYS_getsockname,
      SYS_getpeername,
    ]),
    allow(SYS_sendto, if: .hasNone(argument: 3, of: earlyConnection)),
    allow(SYS_sendmsg, if: .hasNone(argument: 2, of: earlyConnection)),
  ]

  /// MSG_FASTOPEN: send(2) connects by TCP. Landlock checks connect(2) alone.
  private static let earlyConnection: UInt32 = 0x2000_0000

  /// A connection to another process of the receiver (AF_UNIX is 1).
  package static let localConnections: [CallRule] = [
    allow(SYS_socket, if: .equals(argument: 0, UInt32(AF_UNIX))), allow([SYS_connect]),
  ]

  /// Accepting connections.
  package static let accepting: [CallRule] = [allow([SYS_accept, SYS_accept4])]

  /// A server of TCP with an event loop.
  package static let serving: [CallRule] = [
    allow(SYS_socket, if: .equals(argument: 0, UInt32(AF_INET))),
    allow(SYS_socket, if: .equals(argument: 0, UInt32(AF_INET6))),
    // getaddrinfo(3) asks for the addresses of this host (NETLINK_ROUTE is 0).
    allow(
      SYS_socket, if: .equals(argument: 0, UInt32(AF_NETLINK)), .equals(argument: 2, 0)),
    allow(
      [
        SYS_bind, SYS_listen, SYS_pipe2, SYS_sendfile, SYS_recvmmsg,
      ]),
    allow(SYS_sendmmsg, if: .hasNone(argument: 3, of: earlyConnection)),
  ]

  /// Writing and syncing files that are open, and locks of them.
  package static let writing: [CallRule] = [
    allow(
      [
        SYS_fallocate, SYS_ftruncate, SYS_fsync, SYS_fdatasync, SYS_sync_file_range, SYS_fadvise64,
        SYS_flock, SYS_pwritev, SYS_preadv, SYS_renameat, SYS_renameat2, SYS_unlinkat,
      ] + changingNames)
  ]

  /// The times of files that are open. Landlock does not restrict utimensat(2), so that a call with
  /// a path is refused: a session can open files of `incoming/` alone.
  package static let dating: [CallRule] = [allow(SYS_utimensat, if: .equals(argument: 1, 0))]

  /// A failpoint of a debug build renames its file.
  #if FAILPOINTS
    static let forFailpoints: [CallRule] = [
      allow([SYS_renameat, SYS_renameat2] + changingNames)
    ]
  #else
    static let forFailpoints: [CallRule] = []
  #endif

  /// Changes of directories and of the whole file system.
  package static let publishing: [CallRule] = [
    allow([
      SYS_mkdirat, SYS_linkat, SYS_getdents64, SYS_syncfs, SYS_fchmod, SYS_fchown, SYS_utimensat,
      SYS_symlinkat, SYS_fchmodat,
    ])
  ]
}
