// SPDX-License-Identifier: MIT
#include "dataset/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace angiobench {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(Error, SaysPathFoundAndExpected) {
  EXPECT_STREQ(Error(ErrorKind::input, "a.png", "is grey", "a palette").what(),
               "a.png: is grey; expected a palette");
  EXPECT_STREQ(Error(ErrorKind::usage, "", "is grey").what(), "is grey");
}

TEST(Expects, NamesThePlaceOfTheCaller) {
  EXPECT_NO_THROW(expects(true, "all is well"));
  try {
    expects(false, "one is two");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::bug);
    EXPECT_THAT(error.path(), HasSubstr("error_test.cpp:"));
    EXPECT_THAT(error.what(), HasSubstr("one is two"));
    EXPECT_THAT(error.what(), EndsWith("TestBody"));
  }
}

}  // namespace
}  // namespace angiobench
