// SPDX-License-Identifier: MIT
#include "dataset/volumes/volume_reader.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "dataset/error.h"
#include "dataset/volumes/meta_image.h"
#include "dataset/volumes/nifti.h"
#include "dataset/volumes/nrrd.h"

namespace angiobench {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

VolumeHeader parse_header(VolumeForm form, std::span<const std::uint8_t> beginning,
                          const std::string& path) {
  switch (form) {
    case VolumeForm::nrrd:
      return parse_nrrd_header(beginning, path);
    case VolumeForm::meta_image:
      return parse_meta_header(beginning, path);
    case VolumeForm::nifti:
      return parse_nifti_header(beginning, path);
  }
  return {};
}

}  // namespace

// Bytes in order: of the file, and what was read of them before their turn.
class VolumeReader::Source {
 public:
  explicit Source(std::unique_ptr<FileStream> file)
      : file_(std::move(file)), left_(file_ ? file_->size() : 0) {}
  virtual ~Source() = default;

  // Fills `bytes` as far as there are any; how many there were.
  std::size_t read(std::span<std::uint8_t> bytes) {
    std::size_t count = std::min(bytes.size(), ahead_.size() - used_);
    std::copy_n(ahead_.begin() + static_cast<std::ptrdiff_t>(used_), count, bytes.begin());
    used_ += count;
    if (count < bytes.size()) count += fetch(bytes.subspan(count));
    return count;
  }
  // What was read too early, to be read again.
  void put_back(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint8_t> ahead(bytes.begin(), bytes.end());
    ahead.insert(ahead.end(), ahead_.begin() + static_cast<std::ptrdiff_t>(used_), ahead_.end());
    ahead_ = std::move(ahead);
    used_ = 0;
  }
  // Bytes that are left in a file that is not packed.
  std::uint64_t left() const { return left_ + (ahead_.size() - used_); }

 protected:
  virtual std::size_t fetch(std::span<std::uint8_t> bytes) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    if (count > 0) file_->read(bytes.first(count));
    left_ -= count;
    return count;
  }

 private:
  std::unique_ptr<FileStream> file_;
  std::uint64_t left_;
  std::vector<std::uint8_t> ahead_;
  std::size_t used_ = 0;
};

// What a zlib stream, or gzip streams one behind the other, unpack to.
class VolumeReader::Inflated final : public Source {
 public:
  Inflated(std::unique_ptr<Source> packed, const VolumeReader& reader)
      : Source(nullptr), packed_(std::move(packed)), path_(reader.path_), input_(kPiece) {
    constexpr int kEitherHeader = MAX_WBITS + 32;
    if (inflateInit2(&stream_, kEitherHeader) != Z_OK)
      throw Error(ErrorKind::limit, path_, "cannot be unpacked", "memory for its window");
  }
  ~Inflated() override { inflateEnd(&stream_); }
  Inflated(const Inflated&) = delete;
  Inflated& operator=(const Inflated&) = delete;

 protected:
  std::size_t fetch(std::span<std::uint8_t> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size() && !is_done_) {
      if (stream_.avail_in == 0 && !refill()) fail();
      const auto room =
          static_cast<uInt>(std::min<std::size_t>(bytes.size() - done, std::size_t{1} << 30));
      stream_.next_out = bytes.data() + done;
      stream_.avail_out = room;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      done += room - stream_.avail_out;
      if (code == Z_STREAM_END) {
        end_stream();
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        fail();
      }
    }
    return done;
  }

 private:
  bool refill() {
    const std::size_t count = packed_->read(input_);
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(count);
    return count > 0;
  }
  // Goes on with the next gzip stream, where one follows.
  void end_stream() {
    if (stream_.avail_in == 0 && !refill()) {
      is_done_ = true;
      return;
    }
    constexpr std::uint8_t kFirstOfGzip = 0x1F;
    if (stream_.next_in[0] != kFirstOfGzip || inflateReset(&stream_) != Z_OK) fail();
  }
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::input, path_,
                "has compressed values that are damaged or of another length",
                "those that its header tells of");
  }

  std::unique_ptr<Source> packed_;
  std::string path_;
  std::vector<std::uint8_t> input_;
  z_stream stream_{};
  bool is_done_ = false;
};

VolumeReader::~VolumeReader() = default;
VolumeReader::VolumeReader(VolumeReader&&) noexcept = default;
VolumeReader& VolumeReader::operator=(VolumeReader&&) noexcept = default;

VolumeReader::VolumeReader(std::unique_ptr<FileStream> file, VolumeForm form, std::string path)
    : path_(std::move(path)), source_(std::make_unique<Source>(std::move(file))) {
  std::vector<std::uint8_t> beginning(2);
  beginning.resize(source_->read(beginning));
  const bool is_packed = beginning.size() == 2 && beginning[0] == 0x1F && beginning[1] == 0x8B;
  source_->put_back(beginning);
  const bool is_whole = is_packed && form == VolumeForm::nifti;
  if (is_whole) source_ = std::make_unique<Inflated>(std::move(source_), *this);

  beginning.resize(kMaxVolumeHeader);
  beginning.resize(source_->read(beginning));
  header_ = parse_header(form, beginning, path_);
  if (header_.start > beginning.size()) fail_length("ends within its header");
  source_->put_back(std::span(beginning).subspan(header_.start));
  if (header_.packing == VolumePacking::deflated) {
    source_ = std::make_unique<Inflated>(std::move(source_), *this);
  } else if (!is_whole && source_->left() != header_.num_bytes()) {
    fail_length("has values of " + std::to_string(source_->left()) + " bytes");
  }
}

void VolumeReader::fail_length(const std::string& found) const {
  throw Error(ErrorKind::input, path_, found,
              std::to_string(header_.num_bytes()) + " bytes, as its header says");
}

void VolumeReader::read(std::span<std::uint8_t> bytes) {
  if (source_->read(bytes) != bytes.size())
    fail_length("has compressed values that are damaged or of another length");
}

void VolumeReader::finish() {
  std::uint8_t more = 0;
  if (source_->read({&more, 1}) != 0)
    fail_length("has compressed values that are damaged or of another length");
}

void check_volume_bytes(const VolumeHeader& header, std::uint64_t max_bytes,
                        const std::string& path) {
  if (header.num_bytes() <= max_bytes) return;
  throw Error(ErrorKind::limit, path,
              "has values of " + std::to_string(header.num_bytes()) + " bytes",
              "at most " + std::to_string(max_bytes));
}

void read_label_frame(VolumeReader& reader, std::vector<std::uint8_t>& samples,
                      std::span<std::uint8_t> labels) {
  const SampleType& type = reader.header().sample;
  if (type.bytes == 1 && !type.is_signed) return reader.read(labels);
  samples.resize(labels.size() * type.bytes);
  reader.read(samples);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const std::int64_t value = sample_at(samples.data() + k * type.bytes, type);
    if (value < 0 || value > 255)
      throw Error(ErrorKind::input, reader.path(), "has the label " + std::to_string(value),
                  "labels from 0 to 255");
    labels[k] = static_cast<std::uint8_t>(value);
  }
}

}  // namespace angiobench
