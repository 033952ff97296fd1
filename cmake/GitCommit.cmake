# SPDX-License-Identifier: MIT
# ANGIOBENCH_GIT_COMMIT: the commit of the checkout, "-dirty" where it has changes, "unknown" outside git.
find_package(Git QUIET)
set(ANGIOBENCH_GIT_COMMIT "unknown")
if(Git_FOUND)
  execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${PROJECT_SOURCE_DIR}" describe --always --dirty --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE ANGIOBENCH_GIT_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT ANGIOBENCH_GIT_COMMIT)
    set(ANGIOBENCH_GIT_COMMIT "unknown")
  endif()
endif()
