import Glibc

/// A line that whoever reads our output sees at once.
func say(_ line: String) {
  print(line)
  fflush(nil)
}
