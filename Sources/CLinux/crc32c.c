// CRC-32C, polynomial 0x1EDC6F41 reflected (RFC 3720, appendix B.4).
//
// The instruction has a latency of three cycles and a throughput of one, so three independent
// streams keep it busy. Their CRCs are joined by shifting each over the bytes behind it: that is a
// multiplication by a power of x modulo the polynomial, done with four tables of 256 words.

#include "CLinux.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define POLYNOMIAL 0x82F63B78u
#define STREAM 4096  // bytes in each of the three streams of one round; a power of two

static uint32_t byte_table[8][256];
static uint32_t shift_table[4][256];  // moves a CRC over STREAM zero bytes
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

// Returns the product of two polynomials modulo the CRC's. The highest bit is x^0, as in a CRC.
static uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? (b >> 1) ^ POLYNOMIAL : b >> 1;
  }
  return product;
}

// Returns x^(8 * STREAM). A multiplication by it shifts a CRC over STREAM zero bytes. Computed by
// squaring, because every process computes the tables once.
static uint32_t stream_power(void) {
  uint32_t power = 1u << 30;  // x^1
  for (size_t exponent = 1; exponent < 8 * STREAM; exponent *= 2) power = multiply(power, power);
  return power;
}

uint32_t xfer_crc32c_join(uint32_t first, uint32_t second, size_t length) {
  uint32_t power = 1u << 31, square = 1u << 23;  // x^0, x^8
  for (; length; length >>= 1) {
    if (length & 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return multiply(power, first) ^ second;
}

static void make_tables(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    byte_table[0][n] = crc;
  }
  for (uint32_t n = 0; n < 256; n++)
    for (int k = 1; k < 8; k++)
      byte_table[k][n] = byte_table[0][byte_table[k - 1][n] & 0xff] ^ (byte_table[k - 1][n] >> 8);
  uint32_t power = stream_power();
  for (int k = 0; k < 4; k++)
    for (uint32_t n = 0; n < 256; n++) shift_table[k][n] = multiply(power, n << (8 * k));
}

static uint32_t shift(uint32_t crc) {
  return shift_table[0][crc & 0xff] ^ shift_table[1][(crc >> 8) & 0xff] ^
         shift_table[2][(crc >> 16) & 0xff] ^ shift_table[3][crc >> 24];
}

static inline uint64_t load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Slicing-by-8; words are read little-endian, the byte order of every machine that Swift runs on.
uint32_t xfer_crc32c_portable(uint32_t crc, const void *data, size_t length) {
  pthread_once(&tables_once, make_tables);
  const uint8_t *bytes = data;
  crc = ~crc;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word = load64(bytes) ^ crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= byte_table[7 - k][(word >> (8 * k)) & 0xff];
  }
  while (length--) crc = byte_table[0][(crc ^ *bytes++) & 0xff] ^ (crc >> 8);
  return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#define HARDWARE __attribute__((target("sse4.2")))
#define STEP8(crc, word) ((uint32_t)_mm_crc32_u64((crc), (word)))
#define STEP1(crc, byte) _mm_crc32_u8((crc), (byte))
static int has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define HARDWARE __attribute__((target("crc")))
#define STEP8(crc, word) __crc32cd((crc), (word))
#define STEP1(crc, byte) __crc32cb((crc), (byte))
static int has_instruction(void) { return (getauxval(AT_HWCAP) & (1UL << 7)) != 0; }  // HWCAP_CRC32
#endif

#ifdef HARDWARE
HARDWARE static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
  crc = ~crc;
  for (; length >= 3 * STREAM; bytes += 3 * STREAM, length -= 3 * STREAM) {
    uint32_t second = 0, third = 0;
    for (size_t i = 0; i < STREAM; i += 8) {
      crc = STEP8(crc, load64(bytes + i));
      second = STEP8(second, load64(bytes + STREAM + i));
      third = STEP8(third, load64(bytes + 2 * STREAM + i));
    }
    crc = shift(shift(crc) ^ second) ^ third;
  }
  for (; length >= 8; bytes += 8, length -= 8) crc = STEP8(crc, load64(bytes));
  while (length--) crc = STEP1(crc, *bytes++);
  return ~crc;
}
#endif

uint32_t xfer_crc32c(uint32_t crc, const void *bytes, size_t length) {
#ifdef HARDWARE
  static atomic_int instruction = -1;
  int known = atomic_load_explicit(&instruction, memory_order_relaxed);
  if (known < 0) atomic_store(&instruction, known = has_instruction());
  if (known) {
    pthread_once(&tables_once, make_tables);
    return by_instruction(crc, bytes, length);
  }
#endif
  return xfer_crc32c_portable(crc, bytes, length);
}
