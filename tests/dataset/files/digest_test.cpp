// SPDX-License-Identifier: MIT
#include "dataset/files/digest.h"

#include <gtest/gtest.h>

namespace angiobench {
namespace {

// Vectors of FIPS 180-4's own examples.
TEST(Sha256, EqualsThePublishedVectors) {
  EXPECT_EQ(format_digest(sha256("")),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(format_digest(sha256("abc")),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256Stream stream;
  stream.update("a");
  stream.update("bc");
  EXPECT_EQ(stream.finish(), sha256("abc"));
}

}  // namespace
}  // namespace angiobench
