// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: over its seeds, over seeded mutations of them, and over the
// files of past crashes.
//   replay [--write-seeds FOLDER] [FILE_OR_FOLDER...]
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

namespace fs = boost::filesystem;
using Bytes = std::vector<std::uint8_t>;

void run(const Bytes& input) {
  // A copy of the exact size, so that AddressSanitizer sees a read past the end.
  const Bytes exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

// What hostile files are made of: cut, changed, doubled and overwritten with extreme numbers.
Bytes mutate(Bytes input, std::mt19937_64& random) {
  const std::size_t num_changes = 1 + random() % 4;
  for (std::size_t i = 0; i < num_changes && !input.empty(); ++i) {
    const std::size_t at = random() % input.size();
    switch (random() % 6) {
      case 0:
        input.resize(at);
        break;
      case 1:
        input[at] = static_cast<std::uint8_t>(random());
        break;
      case 2:
        input[at] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        break;
      case 3: {
        const std::uint64_t extremes[] = {0,          ~0ULL,        1ULL << 31, 1ULL << 32,
                                          1ULL << 63, input.size(), 0x7FFFFFFF};
        const std::uint64_t value = extremes[random() % std::size(extremes)];
        const std::size_t size =
            std::min<std::size_t>(std::size_t{1} << (random() % 4), input.size() - at);
        std::memcpy(input.data() + at, &value, size);
        break;
      }
      case 4: {
        const std::size_t count = std::min<std::size_t>(1 + random() % 64, input.size() - at);
        const Bytes piece(input.begin() + static_cast<std::ptrdiff_t>(at),
                          input.begin() + static_cast<std::ptrdiff_t>(at + count));
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(random() % (input.size() + 1)),
                     piece.begin(), piece.end());
        break;
      }
      default: {
        const std::size_t count = std::min<std::size_t>(1 + random() % 16, input.size() - at);
        input.erase(input.begin() + static_cast<std::ptrdiff_t>(at),
                    input.begin() + static_cast<std::ptrdiff_t>(at + count));
      }
    }
  }
  return input;
}

void run_file(const fs::path& path) {
  const std::string content = angiobench::read_text_file(path.string());
  run(Bytes(content.begin(), content.end()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Bytes> seeds = angiobench::test::fuzz_seeds();
  if (argc == 3 && std::string(argv[1]) == "--write-seeds") {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      angiobench::write_file_atomically((fs::path(argv[2]) / ("seed" + std::to_string(i))).string(),
                                        seeds[i]);
    }
    return 0;
  }

  // Past crashes first: they say most.
  std::size_t num_files = 0;
  for (int i = 1; i < argc; ++i) {
    if (!fs::exists(argv[i])) continue;
    if (!fs::is_directory(argv[i])) {
      run_file(argv[i]);
      ++num_files;
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(argv[i])) {
      run_file(entry.path());
      ++num_files;
    }
  }

  // Then the seeds, whole, cut at many places, and mutated.
  constexpr int kMutationsPerSeed = 2000;
  std::mt19937_64 random(1);
  for (const Bytes& seed : seeds) {
    run(seed);
    const std::size_t stride = std::max<std::size_t>(1, seed.size() / 200);
    for (std::size_t size = 0; size < seed.size(); size += stride) {
      run(Bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size)));
    }
    for (int i = 0; i < kMutationsPerSeed; ++i) run(mutate(seed, random));
  }
  std::printf("%zu files, %zu seeds with %d mutations each\n", num_files, seeds.size(),
              kMutationsPerSeed);
  return 0;
}
