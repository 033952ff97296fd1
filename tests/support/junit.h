// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench::test {

/// What is wrong with a text as XML 1.0, with or without its declaration: one root, nesting, quoted
/// attributes that occur once, references, characters; empty where nothing is. No DTD, no CDATA.
std::string xml_problem(std::string_view text);

/// What is wrong with a JUnit report; empty where nothing is. Checked are
/// well-formedness (xml_problem), the elements and attributes of the schema that CI servers read
/// (Jenkins' junit-10.xsd), and that the counts are those of the cases.
std::string junit_problem(std::string_view text);

}  // namespace angiobench::test
