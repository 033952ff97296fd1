// SPDX-License-Identifier: MIT
#include "cli/dicom_window.h"

namespace angiobench::cli {

OptionValue dicom_window(DicomWindow& field) {
  OptionValue value;
  value.metavar = "C,W|full|file";
  value.words = {"full", "file"};
  value.completion = Completion::words;
  value.put = [&field](const std::string& text) -> std::string {
    if (text == "full" || text == "file") {
      field.kind = text == "full" ? DicomWindow::Kind::full : DicomWindow::Kind::file;
      return {};
    }
    const std::size_t comma = text.find(',');
    const std::optional<double> center = parse_number<double>(text.substr(0, comma));
    const std::optional<double> width =
        comma == std::string::npos ? std::nullopt : parse_number<double>(text.substr(comma + 1));
    if (!center || !width || *width < 1)
      return wrong_value(text, "C,W (a centre, and a width of 1 or more), full or file");
    field = {DicomWindow::Kind::given, *center, *width};
    return {};
  };
  return value;
}

}  // namespace angiobench::cli
