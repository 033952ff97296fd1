// SPDX-License-Identifier: MIT
#include "dataset/masks/png.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/inflate.h"

namespace angiobench {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::size_t kChunkOverhead = 12;  // length, type, CRC

constexpr std::uint32_t chunk_type(const char (&name)[5]) {
  return static_cast<std::uint32_t>(name[0]) << 24 | static_cast<std::uint32_t>(name[1]) << 16 |
         static_cast<std::uint32_t>(name[2]) << 8 | static_cast<std::uint32_t>(name[3]);
}

std::uint32_t read_u32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
}

[[noreturn]] void fail(const std::string& path, std::string found, std::string expected = {}) {
  throw Error(ErrorKind::input, path, std::move(found), std::move(expected));
}

std::string_view color_type_name(int type) {
  switch (type) {
    case 0:
      return "grey";
    case 2:
      return "RGB";
    case 3:
      return "palette";
    case 4:
      return "grey with alpha";
    case 6:
      return "RGBA";
    default:
      return "unknown";
  }
}

int num_channels(int color_type) {
  switch (color_type) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

std::size_t bits_a_pixel(const PngHeader& header) {
  return static_cast<std::size_t>(num_channels(header.color_type)) *
         static_cast<std::size_t>(header.bit_depth);
}

// What decoding takes at most: the rows, a second time where they are woven, a label a pixel.
std::uint64_t decoded_bytes(const PngHeader& header) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(header.width) * header.height;
  const std::uint64_t rows = (pixels * bits_a_pixel(header) + 7) / 8;
  return rows * (header.interlaced ? 2 : 1) + (bits_a_pixel(header) == 8 ? 0 : pixels);
}

bool is_allowed_depth(int color_type, int depth) {
  switch (color_type) {
    case 0:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case 3:
      return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case 2:
    case 4:
    case 6:
      return depth == 8 || depth == 16;
    default:
      return false;
  }
}

// One chunk of a PNG in memory.
struct Chunk {
  std::uint32_t type = 0;
  std::span<const std::uint8_t> data;
};

// Walks over the chunks of a file; checks lengths and CRCs.
class ChunkReader {
 public:
  ChunkReader(std::span<const std::uint8_t> file, const std::string& path)
      : file_(file), path_(path) {
    if (file.size() < kSignature.size() ||
        !std::equal(kSignature.begin(), kSignature.end(), file.begin())) {
      fail(path, file.empty() ? "is empty" : "does not start with the PNG signature", "a PNG file");
    }
    position_ = kSignature.size();
  }

  Chunk next() {
    if (file_.size() - position_ < kChunkOverhead) {
      fail(path_,
           "ends after " + std::to_string(file_.size()) + " bytes, before the end chunk (IEND)",
           "a whole PNG; the file is truncated");
    }
    const std::uint8_t* const start = file_.data() + position_;
    const std::uint32_t length = read_u32(start);
    const std::size_t left = file_.size() - position_ - kChunkOverhead;
    if (length > left) {
      fail(path_,
           "ends inside the chunk " + printable_type(start + 4) + " at byte " +
               std::to_string(position_) + " (" + std::to_string(left) + " of " +
               std::to_string(length) + " bytes)",
           "a whole PNG; the file is truncated");
    }
    if (libdeflate_crc32(0, start + 4, length + 4) != read_u32(start + 8 + length)) {
      fail(path_,
           "wrong checksum (CRC) in the chunk " + printable_type(start + 4) + " at byte " +
               std::to_string(position_),
           "an undamaged PNG");
    }
    position_ += kChunkOverhead + length;
    if (!std::all_of(start + 4, start + 8, is_letter)) {
      fail(path_, "has a chunk whose name is no four letters (" + printable_type(start + 4) + ")",
           "an undamaged PNG");
    }
    return {read_u32(start + 4), {start + 8, length}};
  }

 private:
  static bool is_letter(std::uint8_t byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
  }
  static std::string printable_type(const std::uint8_t* type) {
    std::string text;
    for (int i = 0; i < 4; ++i) {
      const char c = static_cast<char>(type[i]);
      text += is_letter(type[i]) ? c : '?';
    }
    return text;
  }

  std::span<const std::uint8_t> file_;
  const std::string& path_;
  std::size_t position_ = 0;
};

PngHeader parse_header(const Chunk& chunk, const std::string& path) {
  if (chunk.type != chunk_type("IHDR") || chunk.data.size() != 13) {
    fail(path, "the first chunk is not a header (IHDR) of 13 bytes", "a PNG file");
  }
  const std::uint8_t* const data = chunk.data.data();
  PngHeader header;
  header.width = read_u32(data);
  header.height = read_u32(data + 4);
  header.bit_depth = data[8];
  header.color_type = data[9];
  header.interlaced = data[12] == 1;
  constexpr std::uint32_t kMaxDimension = 0x7FFFFFFF;
  if (header.width == 0 || header.height == 0 || header.width > kMaxDimension ||
      header.height > kMaxDimension) {
    fail(path, "the header says " + size_text(header.width, header.height) + " pixels",
         "1 to 2147483647 each way");
  }
  if (!is_allowed_depth(header.color_type, header.bit_depth)) {
    fail(path,
         "the header says colour type " + std::to_string(header.color_type) + " with " +
             std::to_string(header.bit_depth) + " bits",
         "a combination that the PNG specification allows");
  }
  if (data[10] != 0 || data[11] != 0 || data[12] > 1) {
    fail(path, "unknown compression, filter or interlace method in the header", "0, 0 and 0 or 1");
  }
  return header;
}

void check_size(const PngHeader& header, const MaskDecodeOptions& options,
                const std::string& path) {
  const bool wrong_width = options.expected_width > 0 &&
                           header.width != static_cast<std::uint32_t>(options.expected_width);
  const bool wrong_height = options.expected_height > 0 &&
                            header.height != static_cast<std::uint32_t>(options.expected_height);
  if (wrong_width || wrong_height) {
    fail(path, "the mask is " + size_text(header.width, header.height) + " pixels",
         size_text(options.expected_width, options.expected_height) +
             (options.role == MaskRole::prediction ? " as the ground truth" : "") +
             turned_words(static_cast<int>(header.width), static_cast<int>(header.height),
                          options.expected_width, options.expected_height));
  }
  if (static_cast<std::uint64_t>(header.width) * header.height > options.max_pixels) {
    throw Error(ErrorKind::limit, path,
                "the header says " + size_text(header.width, header.height) + " pixels",
                "at most " + std::to_string(options.max_pixels) + " pixels a frame");
  }
  const std::uint64_t memory = decoded_bytes(header);
  if (memory > options.max_memory) {
    throw Error(ErrorKind::limit, path,
                "takes " + std::to_string(memory >> 20) + " MiB of memory (" +
                    size_text(header.width, header.height) + " pixels of " +
                    std::to_string(bits_a_pixel(header)) + " bits" +
                    (header.interlaced ? ", interlaced)" : ")"),
                "at most " + std::to_string(options.max_memory >> 20) + " MiB a frame");
  }
}

}  // namespace

std::string turned_words(int width, int height, int expected_width, int expected_height) {
  const bool is_turned = width == expected_height && height == expected_width && width != height;
  return is_turned ? " (the sides are exchanged: turned by 90 degrees?)" : "";
}

namespace {

void check_role(const PngHeader& header, MaskRole role, const std::string& path) {
  if (role != MaskRole::prediction) return;
  if (header.bit_depth == 16) {
    fail(path,
         "a " + std::string(color_type_name(header.color_type)) + " PNG of " +
             std::to_string(header.bit_depth) + " bits",
         "a palette or grey PNG of 1 to 8 bits whose pixel values are object ids");
  }
}

// Undoes one filtered row of one byte a pixel (PNG specification, 9.2). `up` is the finished row
// above, or null.
void unfilter_row(int filter, const std::uint8_t* source, const std::uint8_t* up,
                  std::uint8_t* target, std::size_t count, const std::string& path) {
  switch (filter) {
    case 0:
      std::memcpy(target, source, count);
      return;
    case 1: {
      std::uint8_t left = 0;
      for (std::size_t i = 0; i < count; ++i)
        target[i] = left = static_cast<std::uint8_t>(source[i] + left);
      return;
    }
    case 2:
      if (up == nullptr) {
        std::memcpy(target, source, count);
        return;
      }
      for (std::size_t i = 0; i < count; ++i)
        target[i] = static_cast<std::uint8_t>(source[i] + up[i]);
      return;
    case 3: {
      unsigned left = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const unsigned above = up != nullptr ? up[i] : 0;
        left = static_cast<std::uint8_t>(source[i] + (left + above) / 2);
        target[i] = static_cast<std::uint8_t>(left);
      }
      return;
    }
    case 4: {
      int left = 0;
      int corner = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const int above = up != nullptr ? up[i] : 0;
        const int to_left = std::abs(above - corner);
        const int to_above = std::abs(left - corner);
        const int to_corner = std::abs(left + above - 2 * corner);
        const int predictor = to_left <= to_above && to_left <= to_corner ? left
                              : to_above <= to_corner                     ? above
                                                                          : corner;
        left = static_cast<std::uint8_t>(source[i] + predictor);
        corner = above;
        target[i] = static_cast<std::uint8_t>(left);
      }
      return;
    }
    default:
      fail(path, "a row has the unknown filter " + std::to_string(filter), "0 to 4");
  }
}

// Spreads pixels of 1, 2 or 4 bits, first pixel in the highest bits, over bytes.
void unpack_row(const std::uint8_t* source, int depth, int width, std::uint8_t* target) {
  const int per_byte = 8 / depth;
  const unsigned mask = (1U << depth) - 1;
  for (int x = 0; x < width; ++x) {
    const int shift = 8 - depth * (x % per_byte + 1);
    target[x] =
        static_cast<std::uint8_t>((static_cast<unsigned>(source[x / per_byte]) >> shift) & mask);
  }
}

// As unfilter_row, in place, for pixels of several bytes.
void unfilter_wide_row(int filter, std::uint8_t* row, const std::uint8_t* up, std::size_t count,
                       std::size_t pixel_bytes, const std::string& path) {
  if (filter > 4) fail(path, "a row has the unknown filter " + std::to_string(filter), "0 to 4");
  for (std::size_t i = 0; filter != 0 && i < count; ++i) {
    const int left = i >= pixel_bytes ? row[i - pixel_bytes] : 0;
    const int above = up != nullptr ? up[i] : 0;
    const int corner = up != nullptr && i >= pixel_bytes ? up[i - pixel_bytes] : 0;
    int predictor = filter == 1 ? left : filter == 2 ? above : (left + above) / 2;
    if (filter == 4) {
      const int to_left = std::abs(above - corner);
      const int to_above = std::abs(left - corner);
      const int to_corner = std::abs(left + above - 2 * corner);
      predictor = to_left <= to_above && to_left <= to_corner ? left
                  : to_above <= to_corner                     ? above
                                                              : corner;
    }
    row[i] = static_cast<std::uint8_t>(row[i] + predictor);
  }
}

// A file's rows as they are stored: of the whole picture, or of one of the seven passes of an
// interlaced one (PNG specification, 8.2), whose pixels stand at (x0 + i dx, y0 + j dy).
struct Pass {
  std::size_t x0, y0, dx, dy;
  std::size_t width = 0;
  std::size_t height = 0;
  std::size_t row_bytes = 0;
};

// Passes that have pixels, in the file's order.
std::vector<Pass> passes_of(const PngHeader& header) {
  constexpr Pass kWhole[] = {{0, 0, 1, 1}};
  constexpr Pass kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                             {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  std::vector<Pass> passes;
  for (Pass pass : header.interlaced ? std::span<const Pass>(kAdam7) : std::span(kWhole)) {
    pass.width = (header.width + pass.dx - 1 - pass.x0) / pass.dx;
    pass.height = (header.height + pass.dy - 1 - pass.y0) / pass.dy;
    pass.row_bytes = (pass.width * bits_a_pixel(header) + 7) / 8;
    if (pass.width > 0 && pass.height > 0) passes.push_back(pass);
  }
  return passes;
}

// Puts a row of a pass to its places in the whole picture's row.
void spread_row(const Pass& pass, const std::uint8_t* row, std::size_t bits, std::uint8_t* whole) {
  if (bits >= 8) {
    const std::size_t bytes = bits / 8;
    for (std::size_t i = 0; i < pass.width; ++i)
      std::memcpy(whole + (pass.x0 + i * pass.dx) * bytes, row + i * bytes, bytes);
    return;
  }
  const unsigned mask = (1U << bits) - 1;
  const auto shift_of = [bits](std::size_t x) { return 8 - bits - x * bits % 8; };
  for (std::size_t i = 0; i < pass.width; ++i) {
    const std::size_t x = pass.x0 + i * pass.dx;
    const unsigned value = static_cast<unsigned>(row[i * bits / 8]) >> shift_of(i) & mask;
    std::uint8_t& place = whole[x * bits / 8];
    place = static_cast<std::uint8_t>(place | value << shift_of(x));
  }
}

// What a mask's chunks say.
struct ImageParts {
  PngHeader header;
  std::span<const std::uint8_t> compressed;  // all image data
};

// The image data of a file whose header was read, and what its other chunks must be: the verdict on
// files of all kinds, which docs/layouts.md says in words. `joined` holds data that stand in
// several chunks.
std::span<const std::uint8_t> image_data(ChunkReader& chunks, const PngHeader& header,
                                         std::vector<std::uint8_t>& joined,
                                         const std::string& path) {
  // Collect the image data; a second IDAT makes a copy necessary.
  std::span<const std::uint8_t> compressed;
  int num_parts = 0;
  bool has_palette = false;
  std::uint32_t previous = chunk_type("IHDR");
  for (;;) {
    const Chunk chunk = chunks.next();
    if (chunk.type == chunk_type("IEND")) {
      if (!chunk.data.empty()) fail(path, "its end chunk (IEND) is not empty", "an undamaged PNG");
      break;
    }
    if (chunk.type == chunk_type("IDAT")) {
      if (num_parts > 0 && previous != chunk_type("IDAT")) {
        fail(path, "its image data (IDAT chunks) is not in one piece", "an undamaged PNG");
      }
      if (num_parts == 1) joined.assign(compressed.begin(), compressed.end());
      if (num_parts >= 1) joined.insert(joined.end(), chunk.data.begin(), chunk.data.end());
      if (num_parts == 0) compressed = chunk.data;
      ++num_parts;
    } else if (chunk.type == chunk_type("PLTE")) {
      if (has_palette || num_parts > 0)
        fail(path, "has a palette (PLTE) in the wrong place", "one before the image data");
      if (chunk.data.empty() || chunk.data.size() % 3 != 0 || chunk.data.size() > 768) {
        fail(path, "its palette has " + std::to_string(chunk.data.size()) + " bytes",
             "3 to 768 bytes, three a colour");
      }
      has_palette = true;
    } else if (chunk.type == chunk_type("acTL")) {
      fail(path, "an animated PNG (APNG)", "a PNG with one picture");
    } else if ((chunk.type & 0x20000000U) == 0) {
      fail(path, "has an unknown critical chunk", "IHDR, PLTE, IDAT and IEND only");
    }
    previous = chunk.type;
  }
  if (num_parts == 0) fail(path, "has no image data (IDAT)", "a PNG with pixels");
  if (header.color_type == 3 && !has_palette)
    fail(path, "a palette PNG without a palette (PLTE)", "a PNG with its palette");
  return num_parts > 1 ? std::span<const std::uint8_t>(joined) : compressed;
}

// Walks over the chunks of a mask.
ImageParts read_parts(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                      std::vector<std::uint8_t>& joined, const std::string& path) {
  ChunkReader chunks(file, path);
  ImageParts parts;
  parts.header = parse_header(chunks.next(), path);
  check_size(parts.header, options, path);
  check_role(parts.header, options.role, path);
  parts.compressed = image_data(chunks, parts.header, joined, path);
  return parts;
}

// Grey or palette, at most 8 bits, not interlaced.
bool is_plain(const PngHeader& header) {
  return (header.color_type == 0 || header.color_type == 3) && header.bit_depth <= 8 &&
         !header.interlaced;
}

}  // namespace

namespace {

// Whether the greys of a picture in colours are colours of a table that somebody stated, so that
// its labels are the table's: a frame may show one label alone, and that be grey or white. The VOC
// map, which is taken where nobody states another, says nothing here: values are labels.
bool are_stated_greys(std::span<const Rgb> palette, const MaskView& view) {
  if (palette.empty() || std::ranges::equal(palette, voc_palette())) return false;
  std::array<bool, 256> is_known{};
  for (const Rgb& color : palette) {
    if (color[0] == color[1] && color[1] == color[2]) is_known[color[0]] = true;
  }
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* const row = view.row(y);
    if (!std::all_of(row, row + view.width, [&](std::uint8_t value) { return is_known[value]; }))
      return false;
  }
  return true;
}

}  // namespace

struct MaskDecoder::State {
  State() : inflater(libdeflate_alloc_decompressor()) {
    expects(inflater != nullptr, "libdeflate has memory");
  }
  ~State() { libdeflate_free_decompressor(inflater); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Buffers grow and never shrink; kMaskPadding bytes stand on both sides of what is in use.
  static std::uint8_t* reserve(std::vector<std::uint8_t>& buffer, std::size_t size) {
    if (buffer.size() < size + 2 * kMaskPadding) buffer.resize(size + 2 * kMaskPadding);
    return buffer.data() + kMaskPadding;
  }

  void inflate_or_fail(const PngHeader& header, std::span<const std::uint8_t> compressed,
                       std::uint8_t* raw, std::size_t total, const std::string& path);
  bool decode_runs(const PngHeader& header, std::span<const std::uint8_t> compressed);
  MaskView decode_plain(const PngHeader& header, std::span<const std::uint8_t> compressed,
                        const std::string& path);
  MaskView decode_any(const PngHeader& header, std::span<const std::uint8_t> compressed,
                      const MaskDecodeOptions& options, const std::string& path);
  void decode_rows(const PngHeader& header, std::span<const std::uint8_t> compressed,
                   const std::string& path);

  libdeflate_decompressor* inflater;
  std::vector<std::uint8_t> joined;    // IDAT data, where a file has several
  std::vector<std::uint8_t> inflated;  // filter bytes and rows
  std::vector<ByteRun> byte_runs;      // the same as runs
  std::vector<LabelRun> label_runs;    // without background
  int num_skipped = 0;                 // files that are not asked for runs
  std::vector<std::uint8_t> labels;    // rows without filter bytes, one byte a pixel
  std::vector<std::uint8_t> woven;     // rows of an interlaced file, put together
  std::vector<std::uint8_t*> rows;     // decode_rows' outcome
  std::vector<std::uint16_t> values;   // of a grey map
};

// libdeflate's verdict on image data, in our words.
void MaskDecoder::State::inflate_or_fail(const PngHeader& header,
                                         std::span<const std::uint8_t> compressed,
                                         std::uint8_t* raw, std::size_t total,
                                         const std::string& path) {
  std::size_t used = 0;
  std::size_t made = 0;
  const libdeflate_result outcome = libdeflate_zlib_decompress_ex(
      inflater, compressed.data(), compressed.size(), raw, total, &used, &made);
  if (outcome == LIBDEFLATE_INSUFFICIENT_SPACE ||
      (outcome == LIBDEFLATE_SUCCESS && used != compressed.size())) {
    fail(path, "has more image data than " + size_text(header.width, header.height) + " pixels",
         "as much as its header says");
  }
  if (outcome != LIBDEFLATE_SUCCESS)
    fail(path, "the compressed image data is damaged", "an undamaged PNG");
  if (made != total && header.interlaced) {
    fail(path, "has " + std::to_string(made) + " of " + std::to_string(total) + " bytes of rows",
         "as much as its header says");
  }
  if (made != total) {
    fail(path,
         "has image data for " + std::to_string(made / (total / header.height)) + " of " +
             std::to_string(header.height) + " rows",
         "as much as its header says");
  }
}

// Sets `label_runs` where the file is a label map of 8 bits without a filtered row. False says
// nothing about the file.
bool MaskDecoder::State::decode_runs(const PngHeader& header,
                                     std::span<const std::uint8_t> compressed) {
  const std::size_t stride = std::size_t{header.width} + 1;
  if (header.bit_depth != 8 || stride * header.height > kMaxRunBytes) return false;
  const std::span<const ByteRun> inflated_runs =
      inflate_runs(compressed, stride * header.height, byte_runs);
  if (inflated_runs.empty()) return false;
  label_runs.clear();
  const int row_bytes = static_cast<int>(stride);
  int y = 0;
  int filter = 0;  // where the row's filter byte stands
  for (const ByteRun& run : inflated_runs) {
    if (run.byte == 0) continue;
    const int begin = static_cast<int>(run.begin);
    const int end = static_cast<int>((&run + 1)->begin);
    if (begin >= filter + row_bytes) {
      y = begin / row_bytes;
      filter = y * row_bytes;
    }
    // A label at the place of a filter byte is a filter.
    if (begin == filter || end > filter + row_bytes) return false;
    label_runs.push_back({y, begin - filter - 1, end - filter - 1, static_cast<int>(run.byte)});
  }
  return true;
}

// Grey or palette, at most 8 bits, not interlaced: inflate in one go; where no row is filtered the
// result is a view into the inflated data.
MaskView MaskDecoder::State::decode_plain(const PngHeader& header,
                                          std::span<const std::uint8_t> compressed,
                                          const std::string& path) {
  const auto width = static_cast<std::size_t>(header.width);
  const auto height = static_cast<std::size_t>(header.height);
  const std::size_t row_bytes = (width * static_cast<std::size_t>(header.bit_depth) + 7) / 8;
  const std::size_t stride = row_bytes + 1;
  const std::size_t total = stride * height;
  std::uint8_t* const raw = reserve(inflated, total);
  InflatedRuns runs;
  if (!inflate_mask(compressed, raw, total, &runs))
    inflate_or_fail(header, compressed, raw, total, path);

  bool is_filtered = false;
  for (std::size_t y = 0; y < height; ++y) is_filtered |= raw[y * stride] != 0;
  MaskView direct{raw + 1, static_cast<int>(width), static_cast<int>(height),
                  static_cast<std::ptrdiff_t>(stride)};
  if (!is_filtered && header.bit_depth == 8) {
    direct.num_empty_above = static_cast<int>(runs.num_zeros_first / stride);
    direct.num_empty_below = static_cast<int>(runs.num_zeros_last / stride);
    return direct;
  }

  // Undo the filters in place: a row is only needed by the one below it.
  if (is_filtered) {
    const std::uint8_t* up = nullptr;
    for (std::size_t y = 0; y < height; ++y) {
      std::uint8_t* const row = raw + y * stride + 1;
      unfilter_row(row[-1], row, up, row, row_bytes, path);
      up = row;
    }
  }
  if (header.bit_depth == 8) return direct;
  std::uint8_t* const target = reserve(labels, width * height);
  for (std::size_t y = 0; y < height; ++y) {
    unpack_row(raw + y * stride + 1, header.bit_depth, static_cast<int>(width), target + y * width);
  }
  return {target, static_cast<int>(width), static_cast<int>(height),
          static_cast<std::ptrdiff_t>(width)};
}

// The rows of any kind of file as they are stored (16-bit values big endian, small depths packed).
void MaskDecoder::State::decode_rows(const PngHeader& header,
                                     std::span<const std::uint8_t> compressed,
                                     const std::string& path) {
  const std::vector<Pass> passes = passes_of(header);
  std::size_t total = 0;
  for (const Pass& pass : passes) total += (pass.row_bytes + 1) * pass.height;
  std::uint8_t* raw = reserve(inflated, total);
  inflate_or_fail(header, compressed, raw, total, path);

  const std::size_t bits = bits_a_pixel(header);
  const std::size_t row_bytes = (header.width * bits + 7) / 8;
  rows.resize(header.height);
  if (header.interlaced) {
    std::uint8_t* const whole = reserve(woven, row_bytes * header.height);
    std::memset(whole, 0, row_bytes * header.height);
    for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = whole + y * row_bytes;
  }
  for (const Pass& pass : passes) {
    const std::uint8_t* up = nullptr;
    for (std::size_t y = 0; y < pass.height; ++y, raw += pass.row_bytes + 1) {
      std::uint8_t* const row = raw + 1;
      unfilter_wide_row(*raw, row, up, pass.row_bytes, std::max<std::size_t>(1, bits / 8), path);
      up = row;
      if (header.interlaced) {
        spread_row(pass, row, bits, rows[pass.y0 + y * pass.dy]);
      } else {
        rows[y] = row;
      }
    }
  }
}

// Every kind of file, by its rows.
MaskView MaskDecoder::State::decode_any(const PngHeader& header,
                                        std::span<const std::uint8_t> compressed,
                                        const MaskDecodeOptions& options, const std::string& path) {
  const auto width = static_cast<std::size_t>(header.width);
  const auto height = static_cast<std::size_t>(header.height);
  const auto channels = static_cast<std::size_t>(num_channels(header.color_type));
  decode_rows(header, compressed, path);

  std::uint8_t* const target = reserve(labels, width * height);
  const std::size_t sample_bytes = header.bit_depth == 16 ? 2 : 1;
  const std::size_t pixel_bytes = channels * sample_bytes;
  const bool has_color = header.color_type == 2 || header.color_type == 6;
  std::size_t first_colored = width * height;
  for (std::size_t y = 0; y < height; ++y) {
    if (header.bit_depth < 8) {
      unpack_row(rows[y], header.bit_depth, static_cast<int>(width), target + y * width);
      continue;
    }
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t* const pixel = rows[y] + x * pixel_bytes;
      if (sample_bytes == 2) {
        // A 16-bit label must be a label: the high byte of each colour channel is 0.
        const bool too_large = pixel[0] != 0 || (has_color && (pixel[2] != 0 || pixel[4] != 0));
        if (too_large) {
          fail(path,
               "a pixel has the 16-bit value " + std::to_string(pixel[0] * 256 + pixel[1]) +
                   " at x " + std::to_string(x) + ", y " + std::to_string(y),
               "labels from 0 to 255");
        }
      }
      const std::uint8_t red = pixel[sample_bytes - 1];
      if (has_color && (pixel[2 * sample_bytes - 1] != red || pixel[3 * sample_bytes - 1] != red)) {
        first_colored = std::min(first_colored, y * width + x);
      }
      target[y * width + x] = red;
    }
  }
  const MaskView view{target, static_cast<int>(width), static_cast<int>(height),
                      static_cast<std::ptrdiff_t>(width)};
  const bool is_colored = first_colored != width * height;
  if (!is_colored && !(has_color && are_stated_greys(options.palette, view))) return view;

  // A colour mask: every pixel must be a colour of the known palette.
  const auto color_at = [&](std::size_t index) {
    const std::uint8_t* const pixel = rows[index / width] + index % width * pixel_bytes;
    return Rgb{pixel[sample_bytes - 1], pixel[2 * sample_bytes - 1], pixel[3 * sample_bytes - 1]};
  };
  const auto describe = [&](std::size_t index) {
    const Rgb color = color_at(index);
    return "(" + std::to_string(color[0]) + ", " + std::to_string(color[1]) + ", " +
           std::to_string(color[2]) + ") at x " + std::to_string(index % width) + ", y " +
           std::to_string(index / width);
  };
  if (options.palette.empty()) {
    fail(path, "a colour mask: a pixel is " + describe(first_colored),
         "a palette or grey PNG whose pixel values are object ids");
  }
  Rgb last_color{};
  std::uint8_t last_label = 0;
  bool has_last = false;
  for (std::size_t i = 0; i < width * height; ++i) {
    const Rgb color = color_at(i);
    if (!has_last || color != last_color) {
      const auto found = std::find(options.palette.begin(), options.palette.end(), color);
      if (found == options.palette.end()) {
        fail(path, "a colour mask with the colour " + describe(i) + ", which is not in the palette",
             "only the data set's colours (--colours FILE, or \"palette\" in a benchmark file, "
             "states others)");
      }
      last_color = color;
      last_label = static_cast<std::uint8_t>(found - options.palette.begin());
      has_last = true;
    }
    target[i] = last_label;
  }
  return view;
}

MaskDecoder::MaskDecoder() : state_(std::make_unique<State>()) {}
MaskDecoder::~MaskDecoder() = default;
MaskDecoder::MaskDecoder(MaskDecoder&&) noexcept = default;
MaskDecoder& MaskDecoder::operator=(MaskDecoder&&) noexcept = default;

MaskView MaskDecoder::decode(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                             const std::string& path) {
  const ImageParts parts = read_parts(file, options, state_->joined, path);
  return is_plain(parts.header) ? state_->decode_plain(parts.header, parts.compressed, path)
                                : state_->decode_any(parts.header, parts.compressed, options, path);
}

MaskLabels MaskDecoder::decode_labels(std::span<const std::uint8_t> file,
                                      const MaskDecodeOptions& options, const std::string& path) {
  const ImageParts parts = read_parts(file, options, state_->joined, path);
  if (!is_plain(parts.header))
    return state_->decode_any(parts.header, parts.compressed, options, path);
  // A file that gives no runs is mostly followed by others like it.
  constexpr int kSkipped = 7;
  if (state_->num_skipped > 0) {
    --state_->num_skipped;
  } else if (state_->decode_runs(parts.header, parts.compressed)) {
    return {static_cast<int>(parts.header.width), static_cast<int>(parts.header.height),
            state_->label_runs};
  } else {
    state_->num_skipped = kSkipped;
  }
  return state_->decode_plain(parts.header, parts.compressed, path);
}

GreyMap MaskDecoder::decode_grey(std::span<const std::uint8_t> file,
                                 const MaskDecodeOptions& options, const std::string& path) {
  const PngHeader header = read_png_header(file, path);
  std::vector<std::uint16_t>& values = state_->values;
  if (header.bit_depth < 16) {
    const MaskView labels = decode(file, options, path);
    values.clear();
    for (int y = 0; y < labels.height; ++y)
      values.insert(values.end(), labels.row(y), labels.row(y) + labels.width);
    const int max_value = header.color_type == 3 ? 255 : (1 << header.bit_depth) - 1;
    return {values, labels.width, labels.height, max_value};
  }
  if (header.color_type != 0)
    fail(path, "a 16-bit PNG of type " + std::string(color_type_name(header.color_type)),
         "a grey PNG");
  const PngSamples samples = decode_samples(file, options, path);
  return {samples.values, samples.width, samples.height, samples.max_value};
}

PngSamples MaskDecoder::decode_samples(std::span<const std::uint8_t> file,
                                       const MaskDecodeOptions& options, const std::string& path) {
  ChunkReader chunks(file, path);
  const PngHeader header = parse_header(chunks.next(), path);
  if (header.color_type == 3) fail(path, "a PNG with a palette", "grey or RGB");
  if (header.bit_depth < 8) {
    const GreyMap grey = decode_grey(file, options, path);
    return {grey.values, grey.width, grey.height, 1, grey.max_value};
  }
  check_size(header, options, path);
  const int channels = header.color_type == 6   ? 4
                       : header.color_type == 4 ? 2
                       : header.color_type == 2 ? 3
                                                : 1;
  const auto bytes = static_cast<std::size_t>(header.bit_depth / 8);
  const std::size_t row = static_cast<std::size_t>(header.width) * static_cast<unsigned>(channels);
  const auto height = static_cast<std::size_t>(header.height);
  state_->decode_rows(header, image_data(chunks, header, state_->joined, path), path);
  std::vector<std::uint16_t>& values = state_->values;
  values.resize(row * height);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* const from = state_->rows[y];
    for (std::size_t i = 0; i < row; ++i) {
      values[y * row + i] =
          bytes == 1 ? from[i] : static_cast<std::uint16_t>(from[2 * i] << 8 | from[2 * i + 1]);
    }
  }
  return {values, static_cast<int>(header.width), static_cast<int>(header.height), channels,
          bytes == 1 ? 255 : 65535};
}

PngHeader read_png_header(std::span<const std::uint8_t> file, const std::string& path) {
  ChunkReader chunks(file, path);
  return parse_header(chunks.next(), path);
}

std::vector<Rgb> read_png_palette(std::span<const std::uint8_t> file, const std::string& path) {
  ChunkReader chunks(file, path);
  parse_header(chunks.next(), path);
  for (;;) {
    const Chunk chunk = chunks.next();
    if (chunk.type == chunk_type("IDAT") || chunk.type == chunk_type("IEND")) return {};
    if (chunk.type != chunk_type("PLTE")) continue;
    std::vector<Rgb> palette;
    for (std::size_t i = 0; i + 2 < chunk.data.size(); i += 3) {
      palette.push_back({chunk.data[i], chunk.data[i + 1], chunk.data[i + 2]});
    }
    return palette;
  }
}

Mask read_mask(const std::string& path, const MaskDecodeOptions& options) {
  const std::string content = read_text_file(path);
  MaskDecoder decoder;
  return Mask(decoder.decode(
      {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, options, path));
}

std::vector<std::uint8_t> encode_mask_png(const MaskView& mask, std::span<const Rgb> palette) {
  expects(!palette.empty() && palette.size() <= 256, "a palette has 1 to 256 colours");
  expects(mask.width >= 1 && mask.height >= 1, "a mask has at least one pixel");

  // Rows with filter 0: label maps compress best unfiltered.
  const auto width = static_cast<std::size_t>(mask.width);
  std::vector<std::uint8_t> rows;
  rows.reserve((width + 1) * static_cast<std::size_t>(mask.height));
  for (int y = 0; y < mask.height; ++y) {
    const std::uint8_t* const row = mask.row(y);
    expects(*std::max_element(row, row + width) < palette.size(),
            "every label has a colour in the palette");
    rows.push_back(0);
    rows.insert(rows.end(), row, row + width);
  }
  constexpr int kLevel = 9;
  libdeflate_compressor* const deflater = libdeflate_alloc_compressor(kLevel);
  expects(deflater != nullptr, "libdeflate has memory");
  std::vector<std::uint8_t> compressed(libdeflate_zlib_compress_bound(deflater, rows.size()));
  compressed.resize(libdeflate_zlib_compress(deflater, rows.data(), rows.size(), compressed.data(),
                                             compressed.size()));
  libdeflate_free_compressor(deflater);

  std::vector<std::uint8_t> file(kSignature.begin(), kSignature.end());
  const auto append_u32 = [&file](std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0})
      file.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  const auto append_chunk = [&](const char(&type)[5], std::span<const std::uint8_t> data) {
    append_u32(static_cast<std::uint32_t>(data.size()));
    const std::size_t start = file.size();
    file.insert(file.end(), type, type + 4);
    file.insert(file.end(), data.begin(), data.end());
    append_u32(libdeflate_crc32(0, file.data() + start, file.size() - start));
  };
  std::vector<std::uint8_t> header;
  for (const std::uint32_t side :
       {static_cast<std::uint32_t>(mask.width), static_cast<std::uint32_t>(mask.height)}) {
    for (const int shift : {24, 16, 8, 0})
      header.push_back(static_cast<std::uint8_t>(side >> shift));
  }
  header.insert(header.end(), {8, 3, 0, 0, 0});
  append_chunk("IHDR", header);
  std::vector<std::uint8_t> colors;
  for (const Rgb& color : palette) colors.insert(colors.end(), color.begin(), color.end());
  append_chunk("PLTE", colors);
  append_chunk("IDAT", compressed);
  append_chunk("IEND", {});
  return file;
}

void write_mask_png(const std::string& path, const MaskView& mask, std::span<const Rgb> palette) {
  write_file_atomically(path, encode_mask_png(mask, palette));
}

std::span<const Rgb> voc_palette() {
  static const std::array<Rgb, 256> kPalette = [] {
    std::array<Rgb, 256> palette{};
    for (unsigned i = 0; i < 256; ++i) {
      unsigned label = i;
      for (int shift = 7; label != 0; --shift, label >>= 3) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
          const unsigned bit = (label >> channel) & 1U;
          palette[i][channel] = static_cast<std::uint8_t>(palette[i][channel] | (bit << shift));
        }
      }
    }
    return palette;
  }();
  return kPalette;
}

}  // namespace angiobench
