// setproctitle(3) of BSD, which glibc does not have. The title replaces the argument vector, which
// is C memory.

#define _GNU_SOURCE
#include "CLinux.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char *title_start;
static size_t title_capacity;

void xfer_title_prepare(int argc, char **argv) {
  if (argc < 1 || title_start) return;
  char *end = argv[0];
  for (int i = 0; i < argc; i++)
    if (argv[i] == end) end = argv[i] + strlen(argv[i]) + 1;
  for (char **variable = environ; *variable; variable++) {
    if (*variable == end) end = *variable + strlen(*variable) + 1;
    char *copy = strdup(*variable);
    if (!copy) return;
    *variable = copy;
  }
  title_start = argv[0];
  title_capacity = (size_t)(end - argv[0]);
}

void xfer_title_set(const char *title) {
  if (title_capacity < 2) return;
  size_t length = strnlen(title, title_capacity - 1);
  memcpy(title_start, title, length);
  memset(title_start + length, 0, title_capacity - length);
}
