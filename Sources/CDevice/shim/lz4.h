// The two functions of LZ4 that newer Verilator releases need to write a waveform, so that building a device
// needs no development files of LZ4.
//
// Source: LZ4 block format description, version 1.6 (lz4/doc/lz4_Block_format.md).
#ifndef COSIM_LZ4_H
#define COSIM_LZ4_H

#include <cstdint>
#include <cstring>
#include <vector>

// The longest that `size` bytes can become.
static inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace cosim_lz4 {

inline uint32_t word(const uint8_t* bytes) {
  uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// The part of a length that does not fit its four bits.
inline void put_length(uint8_t*& out, size_t rest) {
  for (; rest >= 255; rest -= 255) *out++ = 255;
  *out++ = static_cast<uint8_t>(rest);
}

// Literals, and then a match unless `length` is 0.
inline void put_sequence(
    uint8_t*& out, const uint8_t* literals, size_t count, size_t offset, size_t length) {
  const size_t match = length ? length - 4 : 0;
  *out++ = static_cast<uint8_t>((count < 15 ? count : 15) << 4 | (match < 15 ? match : 15));
  if (count >= 15) put_length(out, count - 15);
  std::memcpy(out, literals, count);
  out += count;
  if (!length) return;
  *out++ = static_cast<uint8_t>(offset);
  *out++ = static_cast<uint8_t>(offset >> 8);
  if (match >= 15) put_length(out, match - 15);
}

}  // namespace cosim_lz4

// Greedy, with one candidate for each hash. `capacity` is at least LZ4_compressBound(size).
static inline int LZ4_compress_default(const char* source, char* target, int size, int capacity) {
  if (capacity < LZ4_compressBound(size)) return 0;
  const uint8_t* const in = reinterpret_cast<const uint8_t*>(source);
  uint8_t* out = reinterpret_cast<uint8_t*>(target);
  std::vector<int> places(1 << 12, -1);
  // The last five bytes are literals, and no match begins in the last twelve.
  int anchor = 0;
  int place = 0;
  while (place + 12 < size) {
    const uint32_t here = cosim_lz4::word(in + place);
    int& slot = places[here * 2654435761u >> 20];
    const int candidate = slot;
    slot = place;
    if (candidate < 0 || place - candidate > 65535 || cosim_lz4::word(in + candidate) != here) {
      ++place;
      continue;
    }
    int length = 4;
    while (place + length < size - 5 && in[candidate + length] == in[place + length]) ++length;
    cosim_lz4::put_sequence(out, in + anchor, place - anchor, place - candidate, length);
    place += length;
    anchor = place;
  }
  cosim_lz4::put_sequence(out, in + anchor, size - anchor, 0, 0);
  return static_cast<int>(out - reinterpret_cast<uint8_t*>(target));
}

#endif
