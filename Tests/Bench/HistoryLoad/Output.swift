import Glibc

/// Prints a line and flushes it.
func say(_ line: String) {
  print(line)
  fflush(nil)
}
