# SPDX-License-Identifier: MIT
# ANGIOBENCH_STATIC: archives only, no modules, no tests, and bytes that depend on sources and packages alone. libzip and
# TBB come from CMAKE_PREFIX_PATH, where scripts/static.sh builds them.
if(ANGIOBENCH_STATIC)
  set(ANGIOBENCH_BASELINES OFF)
  set(ANGIOBENCH_TESTS OFF)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(Boost_USE_STATIC_LIBS ON)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
  add_compile_options(-ffunction-sections -fdata-sections
                      -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=./build)
  # Pages and verbs are most of the program and none of its time.
  set(ANGIOBENCH_SMALL_CODE -Os)
  # gold keeps one of functions that came out the same (3 % of the program).
  add_link_options(-static -no-pie -fuse-ld=gold -Wl,--gc-sections -Wl,--icf=safe -Wl,--build-id=sha1)
endif()
