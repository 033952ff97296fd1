// SPDX-License-Identifier: MIT
#include "baselines/weights/pth.h"

#include "baselines/weights/network_spec.h"
#include "baselines/weights/pickle.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/pth_writer.h"

namespace {

template <class Parse>
void survive(Parse parse) {
  try {
    parse();
  } catch (const angiobench::Error& error) {
    if (error.kind() == angiobench::ErrorKind::bug) throw;
  }
}

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

// The file as a whole; and, since a changed pickle fails its zip's check sum, the input as a bare
// pickle too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const angiobench::MemorySource source({data, size}, "fuzz.pth");
  survive([&] { angiobench::parse_pth(source); });
  survive([&] { angiobench::read_pickle(source, 0, size); });
  return 0;
}

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  StateDict weights;
  weights.add("a", {ElementType::f32, {1, 2}, std::vector<std::uint8_t>(8)});
  weights.add("b", {ElementType::i64, {}, std::vector<std::uint8_t>(8)});
  weights.add("c", {ElementType::f16, {2, 1, 1}, std::vector<std::uint8_t>(4)});
  PickleWriter views;
  views.raw("}(").text("network").begin_dict();
  views.text("module.v").tensor("FloatStorage", "0", 4, 1, {1, 2}, {1, 2});
  views.text("module.w").tensor("FloatStorage", "0", 4, 0, {2, 2}, {1, 2});
  views.end_dict().text("it").integer(1).raw("u");
  return {bytes_of(make_pth(weights)), bytes_of(make_legacy_pth(weights)),
          bytes_of(make_legacy_pth(views.finish(), {{"0", std::string(16, '\1')}}, 4)),
          bytes_of(state_dict_pickle(weights))};
}

}  // namespace angiobench::test
