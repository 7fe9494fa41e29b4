// The entry of libFuzzer for a program with a main function of its own:
// https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library. No header of Clang declares it.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
