// SPDX-License-Identifier: MIT
#include "tests/support/ask_python.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace angiobench::test {

PythonAnswer ask_python(const std::string& script, const std::string& question_file) {
  const char* named = std::getenv("ANGIOBENCH_PYTHON");
  const std::string python = named != nullptr && *named != '\0' ? named : "/usr/bin/python3";
  const std::string command = "'" + python + "' '" + script + "' '" + question_file + "'";
  PythonAnswer answer;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {127, {}};
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    answer.text.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  answer.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  return answer;
}

}  // namespace angiobench::test
