// SPDX-License-Identifier: MIT
#include "dataset/dicom/cine_header.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench::dicom {
namespace {

// Whatever codes the pixels: the header alone is read.
ElementEncoding encoding_of(const std::string& path, const std::string& syntax) {
  if (syntax == "1.2.840.10008.1.2") return ElementEncoding::implicit_little;
  if (syntax == "1.2.840.10008.1.2.2" || syntax == "1.2.840.10008.1.2.1.99")
    throw Error(ErrorKind::input, path, "is in big endian or deflated", "a DICOM cine");
  return ElementEncoding::explicit_little;
}

}  // namespace

CineHeader::CineHeader(const std::string& path, std::vector<Tag> kept)
    : path_(path), kept_(std::move(kept)) {
  kept_.push_back(tag::kTransferSyntax);
  std::ranges::sort(kept_);
  HeaderFile file(path);
  data_ =
      read_elements(
          file, {kept_, {}},
          [&](const DataSet& meta) { return encoding_of(path, meta.text(tag::kTransferSyntax)); },
          [](const DataSet&) {})
          .data;
}

void CineHeader::expects_kept(Tag tag) const {
  expects(std::ranges::binary_search(kept_, tag), "what is asked of a header was kept");
}

std::string CineHeader::text(Tag tag) const {
  expects_kept(tag);
  return data_.text(tag);
}

bool CineHeader::has(Tag tag) const {
  expects_kept(tag);
  return data_.find(tag) != nullptr;
}

std::string CineHeader::needed(Tag tag, const char* name) const {
  std::string value = text(tag);
  if (value.empty())
    throw Error(ErrorKind::input, path_, std::string("has no ") + name, "a DICOM cine");
  return value;
}

int CineHeader::number(Tag tag, const char* name) const {
  expects_kept(tag);
  const int number = data_.u16_at(tag).value_or(0);
  if (number == 0)
    throw Error(ErrorKind::input, path_, std::string("has no ") + name, "a DICOM image");
  return number;
}

int CineHeader::num_frames() const {
  const std::string frames = text(tag::kNumFrames);
  if (frames.empty()) return 1;
  const std::string_view digits = trimmed(frames);
  int count = 0;
  const auto [end, why] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (why != std::errc() || end != digits.data() + digits.size() || count < 1)
    throw Error(ErrorKind::input, path_, "has no NumberOfFrames", "a whole number");
  return count;
}

}  // namespace angiobench::dicom
