// Landlock, seccomp and capabilities: system calls without wrappers in libc.

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The headers of Debian 12 know neither ports (version 4) nor scopes (version 6).
#define RULE_PORT 2
struct ruleset {
  uint64_t files, ports, scopes;
};
struct port_rule {
  uint64_t access, port;
};

int xfer_landlock_version(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int xfer_landlock_create(const struct xfer_landlock_rules *rules) {
  // A kernel refuses a longer struct only if it has bits that the kernel does not know.
  struct ruleset set = {rules->files, rules->ports, rules->scopes};
  return (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0);
}

int xfer_landlock_allow_file(int set, int file, uint64_t access) {
  struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = file};
  return (int)syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int xfer_landlock_allow_port(int set, uint16_t port, uint64_t access) {
  struct port_rule rule = {access, port};
  return (int)syscall(SYS_landlock_add_rule, set, RULE_PORT, &rule, 0);
}

int xfer_landlock_enter(int set) { return (int)syscall(SYS_landlock_restrict_self, set, 0); }

_Static_assert(sizeof(struct xfer_filter_step) == sizeof(struct sock_filter), "same layout");

int xfer_filter_enter(const struct xfer_filter_step *steps, uint16_t count) {
  struct sock_fprog program = {count, (struct sock_filter *)steps};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int xfer_filter_works(void) {
  unsigned action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int xfer_forgo_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int xfer_keep_capabilities(uint64_t kept) {
  for (int number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
    // Without CAP_SETPCAP the bounding set stays. no_new_privs makes it useless then.
    if (!(kept >> number & 1)) prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2], now[2];
  if (syscall(SYS_capget, &header, now) != 0) return -1;
  for (int half = 0; half < 2; half++) {
    uint32_t mask = now[half].permitted & (uint32_t)(kept >> (32 * half));
    sets[half] = (struct __user_cap_data_struct){.effective = mask, .permitted = mask};
  }
  return (int)syscall(SYS_capset, &header, sets);
}

int xfer_be_inspectable(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }

int xfer_open_name(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

#ifndef NDEBUG
int xfer_try_call(long number, long a, long b, long c, long d) {
  return syscall(number, a, b, c, d, 0, 0) == -1 ? errno : 0;
}
#endif
