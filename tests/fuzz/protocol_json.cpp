// SPDX-License-Identifier: MIT
// A protocol (evaluator/protocol.h) that a user wrote.
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataset/error.h"
#include "evaluator/protocol.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  // The rules of every built-in protocol, and one with all that is rare.
  std::vector<std::string> texts;
  for (const std::string& name : protocol_names()) {
    const Protocol protocol = load_protocol(name);
    texts.push_back(R"({"schema": "protocol-1", "name": ")" + name +
                    R"(", "version": 1, "title": "t", )" + protocol.rules.substr(1));
  }
  texts.push_back(
      R"({"schema": "protocol-1", "name": "x", "version": 2, "title": "\u00e9", "source": "s"})");
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string& text : texts) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const Protocol protocol =
        parse_protocol({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (protocol.hash.size() != 71 || protocol.rules.empty()) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
