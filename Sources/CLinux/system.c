#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int xfer_accept(int listener, struct sockaddr *address, socklen_t *length) {
  return accept4(listener, address, length, SOCK_CLOEXEC);
}

int xfer_peer_user(int socket, uid_t *user) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  *user = peer.uid;
  return 0;
}

ptrdiff_t xfer_find(const void *bytes, size_t count, const void *part, size_t part_count) {
  const char *found = memmem(bytes, count, part, part_count);
  return found ? found - (const char *)bytes : -1;
}

const int16_t xfer_poll_peer_end = POLLRDHUP;

int xfer_open_beneath(int directory, const char *path, int flags, mode_t mode) {
  struct open_how how = {
      .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
      .mode = flags & O_CREAT ? mode : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
  };
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

static int64_t nanoseconds(struct statx_timestamp time) {
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

int xfer_examine(int directory, const char *path, int flags, struct xfer_status *status) {
  struct statx raw;
  if (path[0] == 0) flags |= AT_EMPTY_PATH;
  if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) return -1;
  status->device = makedev(raw.stx_dev_major, raw.stx_dev_minor);
  status->inode = raw.stx_ino;
  status->size = (int64_t)raw.stx_size;
  status->allocated = (int64_t)raw.stx_blocks * 512;
  status->links = raw.stx_nlink;
  status->mode = raw.stx_mode;
  status->user = raw.stx_uid;
  status->modified = nanoseconds(raw.stx_mtime);
  status->changed = nanoseconds(raw.stx_ctime);
  status->born = raw.stx_mask & STATX_BTIME ? nanoseconds(raw.stx_btime) : 0;
  return 0;
}

int xfer_examine_beneath(int directory, const char *path, struct xfer_status *status) {
  int file = xfer_open_beneath(directory, path, O_PATH | O_NOFOLLOW, 0);
  if (file < 0) return -1;
  int result = xfer_examine(file, "", 0, status);
  close(file);
  return result;
}

int xfer_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to) {
  return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

int xfer_syncfs(int descriptor) { return syncfs(descriptor); }

int xfer_start_writeback(int descriptor, off_t offset, off_t length) {
  return sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

int xfer_set_direct(int descriptor, int is_direct) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -1;
  return fcntl(descriptor, F_SETFL, is_direct ? flags | O_DIRECT : flags & ~O_DIRECT);
}

int xfer_reserve(int descriptor, off_t offset, off_t length) {
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, length);
}

int xfer_is_ignored(int signal) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

// Closes the descriptors that /proc/self/fd lists, except the descriptor of the listing itself.
static int close_listed(unsigned first, unsigned last) {
  DIR *list = opendir("/proc/self/fd");
  if (!list) return -1;
  struct dirent *entry;
  while ((entry = readdir(list))) {
    int descriptor = atoi(entry->d_name);
    if (descriptor >= (int)first && (unsigned)descriptor <= last && descriptor != dirfd(list))
      close(descriptor);
  }
  return closedir(list);
}

int xfer_close_range(unsigned first, unsigned last) {
  return close_range(first, last, 0) == 0 ? 0 : close_listed(first, last);
}

int xfer_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int xfer_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

int xfer_spawn_actions(posix_spawn_file_actions_t *actions, const char *directory) {
  int code = posix_spawn_file_actions_addchdir_np(actions, directory);
  return code ? code : posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}
