// The system calls and processor instructions that Swift cannot reach through `import Glibc`.
// Each comment gives the reason for the symbol. Nothing else of xfer is written in C.

#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/signalfd.h>  // struct signalfd_siginfo and signalfd(): absent from the Glibc module
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>  // numbers of system calls: absent from the Glibc module
#include <sys/types.h>

// accept4(2) is declared only under _GNU_SOURCE. The accepted descriptor is close-on-exec.
int xfer_accept(int listener, struct sockaddr *address, socklen_t *length);

// SO_PEERCRED's struct ucred is declared only under _GNU_SOURCE. Reads the user of the peer.
int xfer_peer_user(int socket, uid_t *user);

// openat2(2) has no libc wrapper. Resolves `path` below `directory` and follows no symbolic link.
int xfer_open_beneath(int directory, const char *path, int flags, mode_t mode);

// memmem(3) is declared only under _GNU_SOURCE. Returns the position of `part`, or -1.
ptrdiff_t xfer_find(const void *bytes, size_t count, const void *part, size_t part_count);

// POLLRDHUP, which poll.h declares only with _GNU_SOURCE.
extern const int16_t xfer_poll_peer_end;

// The result of statx(2). Times are in nanoseconds since 1970. `born` is 0 if the file system does
// not report the time of creation.
struct xfer_status {
  uint64_t device, inode;
  int64_t size;
  // Bytes allocated on the disk, including those reserved behind the end.
  int64_t allocated;
  uint32_t links;
  uint32_t mode;
  uint32_t user;
  int64_t modified, changed, born;
};

// statx(2) is declared only under _GNU_SOURCE. An empty `path` examines the descriptor `directory`
// itself, of any type.
int xfer_examine(int directory, const char *path, int flags, struct xfer_status *status);

// O_PATH is declared only under _GNU_SOURCE. Examines `path` beneath `directory`. If the last
// component is a symbolic link, the link itself is examined. A link in another component fails with
// ELOOP.
int xfer_examine_beneath(int directory, const char *path, struct xfer_status *status);

// renameat2(2) is declared only under _GNU_SOURCE. Fails with EEXIST instead of replacing.
int xfer_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to);

// syncfs(2) is declared only under _GNU_SOURCE.
int xfer_syncfs(int descriptor);

// sync_file_range(2) is declared only under _GNU_SOURCE. Starts write-back and does not wait.
int xfer_start_writeback(int descriptor, off_t offset, off_t length);

// fallocate(2) is declared only under _GNU_SOURCE. Reserves blocks and keeps the file's length.
int xfer_reserve(int descriptor, off_t offset, off_t length);

// O_DIRECT is declared only under _GNU_SOURCE, and fcntl(2) is variadic. Makes later writes bypass
// the page cache, or use it again. -1 if the file system does not support it.
int xfer_set_direct(int descriptor, int is_direct);

// The handler in struct sigaction is a union, which Swift cannot compare. 1 if it is SIG_IGN.
int xfer_is_ignored(int signal);

// close_range(2) is declared only under _GNU_SOURCE. If the kernel does not have it (before Linux
// 5.9) or a seccomp filter forbids it, descriptors are closed one by one. -1 if some may be left
// open.
int xfer_close_range(unsigned first, unsigned last);

// eventfd(2) is absent from the Glibc module. The descriptor does not block and is close-on-exec.
int xfer_eventfd(void);

// prctl(2) is variadic. The kernel sends `signal` to the caller when its parent dies.
int xfer_die_with_parent(int signal);

// landlock(7) has no libc wrapper. The version of Landlock in this kernel; -1 if there is none.
int xfer_landlock_version(void);

// Access to files, to TCP ports and to other processes that Landlock restricts (linux/landlock.h).
struct xfer_landlock_rules {
  uint64_t files, ports, scopes;
};

// Returns the descriptor of a set of rules that denies all access that `rules` names.
int xfer_landlock_create(const struct xfer_landlock_rules *rules);

// Allows `access` to an open file, or to all that is beneath an open directory.
int xfer_landlock_allow_file(int set, int file, uint64_t access);

// Allows `access` to a TCP port.
int xfer_landlock_allow_port(int set, uint16_t port, uint64_t access);

// Restricts this thread, and the threads and children that it will start.
int xfer_landlock_enter(int set);

// One instruction of a seccomp filter (struct sock_filter of linux/filter.h).
struct xfer_filter_step {
  uint16_t code;
  uint8_t if_true, if_false;
  uint32_t operand;
};

// seccomp(2) has no libc wrapper. Installs a filter for this thread and those that it will start.
int xfer_filter_enter(const struct xfer_filter_step *steps, uint16_t count);

// True if the kernel has seccomp filters.
int xfer_filter_works(void);

// prctl(2) is variadic. This process and its children never gain a privilege by execve(2).
int xfer_forgo_privileges(void);

// prctl(2) is variadic, and capset(2) has no libc wrapper. Drops all capabilities except those in
// `kept` (bit numbers of capabilities(7)), from the bounding set too.
int xfer_keep_capabilities(uint64_t kept);

// prctl(2) is variadic. /proc/self belongs to this user again after a change of the user.
int xfer_be_inspectable(void);

// O_PATH is declared only under _GNU_SOURCE. Opens `path` to name it, without access to it.
int xfer_open_name(const char *path);

// posix_spawn_file_actions_addchdir_np(3) and _addclosefrom_np(3) are declared only under
// _GNU_SOURCE. The child starts in `directory`, without descriptors above standard error. Returns an
// error number.
int xfer_spawn_actions(posix_spawn_file_actions_t *actions, const char *directory);

#ifndef NDEBUG
// syscall(2) is variadic. Tests of debug builds try calls by number. Returns errno; 0 for success.
int xfer_try_call(long number, long a, long b, long c, long d);
#endif

// The title that `ps` shows. `prepare` must run before the first `set`. It copies the environment,
// so that the memory of the argument vector and of the environment behind it can hold the title.
void xfer_title_prepare(int argc, char **argv);
void xfer_title_set(const char *title);

// CRC-32C (RFC 3720, appendix B.4) of `length` bytes, continued from `crc` (0 to begin).
// Uses the processor's instruction if there is one: intrinsics are not visible from Swift.
uint32_t xfer_crc32c(uint32_t crc, const void *bytes, size_t length);
// Returns the CRC-32C of two consecutive ranges from the CRC-32C of each. `length` is the length of
// the second range.
uint32_t xfer_crc32c_join(uint32_t first, uint32_t second, size_t length);
// xfer_crc32c by table, for machines without the instruction. Tests compare the two.
uint32_t xfer_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

#endif
