// The system calls and processor instructions that Swift cannot reach through `import Glibc`.
// Each symbol says why it is here. Nothing else of xfer is written in C.

#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/signalfd.h>  // struct signalfd_siginfo and signalfd(): absent from the Glibc module
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

// accept4(2) is declared only under _GNU_SOURCE. The accepted descriptor is close-on-exec.
int xfer_accept(int listener, struct sockaddr *address, socklen_t *length);

// SO_PEERCRED's struct ucred is declared only under _GNU_SOURCE.
int xfer_peer_user(int socket, uid_t *user);

// openat2(2) has no libc wrapper. Resolves `path` below `directory` and follows no symbolic link.
int xfer_open_beneath(int directory, const char *path, int flags, mode_t mode);

// POLLRDHUP is declared only under _GNU_SOURCE.
extern const int16_t xfer_poll_peer_end;

// What statx(2) tells of a file, times in nanoseconds since 1970; `born` is 0 where the file system does
// not tell when the file was made.
struct xfer_status {
  uint64_t device, inode;
  int64_t size;
  // Bytes on the disk, those that are reserved behind the end included.
  int64_t allocated;
  uint32_t links;
  uint32_t mode;
  int64_t modified, changed, born;
};

// statx(2) is declared only under _GNU_SOURCE. Of `directory` itself, whatever it is, where `path` is empty.
int xfer_examine(int directory, const char *path, int flags, struct xfer_status *status);

// O_PATH is declared only under _GNU_SOURCE. The status of what `path` below `directory` names: of a
// link itself where it is the last part, ELOOP where it is one before.
int xfer_examine_beneath(int directory, const char *path, struct xfer_status *status);

// renameat2(2) is declared only under _GNU_SOURCE. Fails with EEXIST instead of replacing.
int xfer_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to);

// syncfs(2) is declared only under _GNU_SOURCE.
int xfer_syncfs(int descriptor);

// sync_file_range(2) is declared only under _GNU_SOURCE. Starts write-back and does not wait.
int xfer_start_writeback(int descriptor, off_t offset, off_t length);

// fallocate(2) is declared only under _GNU_SOURCE. Reserves blocks and keeps the file's length.
int xfer_reserve(int descriptor, off_t offset, off_t length);

// O_DIRECT is declared only under _GNU_SOURCE, and fcntl(2) is variadic. What is written from here on goes
// around the page cache, or through it again; -1 where the file system cannot.
int xfer_set_direct(int descriptor, int is_direct);

// The handler in struct sigaction is a union, which Swift cannot compare. 1 where it is SIG_IGN.
int xfer_is_ignored(int signal);

// close_range(2) is declared only under _GNU_SOURCE. Where the kernel has none (before Linux 5.9) or a filter
// forbids it, each descriptor is closed by itself. -1 where some may be left open.
int xfer_close_range(unsigned first, unsigned last);

// eventfd(2) is absent from the Glibc module. Does not block, is close-on-exec.
int xfer_eventfd(void);

// prctl(2) is variadic. The caller gets `signal` when its parent ends.
int xfer_die_with_parent(int signal);

// What `ps` shows. `prepare` must run before the first `set`: it moves the environment away from
// behind the argument vector, which is the only place where a title can be written.
void xfer_title_prepare(int argc, char **argv);
void xfer_title_set(const char *title);

// CRC-32C (RFC 3720, appendix B.4) of `length` bytes, continued from `crc` (0 to begin).
// Uses the processor's instruction where it has one: intrinsics are not visible from Swift.
uint32_t xfer_crc32c(uint32_t crc, const void *bytes, size_t length);
// The CRC-32C of two ranges, one behind the other, from the CRC-32C of each; `length` is that of the second.
uint32_t xfer_crc32c_join(uint32_t first, uint32_t second, size_t length);
// The same as xfer_crc32c by table; what machines without the instruction run, and what the tests compare with.
uint32_t xfer_crc32c_portable(uint32_t crc, const void *bytes, size_t length);

#endif
