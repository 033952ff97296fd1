// SPDX-License-Identifier: MIT
#include "cli/modules.h"

#include <dlfcn.h>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cstdlib>

#include "cli/version.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

// The module's file: beside the program (build tree), else where an installation keeps it.
std::string find_module(const std::string& file) {
  boost::system::error_code code;
  const fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  for (const fs::path& candidate : {folder / file, folder / ANGIOBENCH_MODULE_FOLDER / file}) {
    if (fs::exists(candidate, code)) return candidate.string();
  }
  return {};
}

// The exported function of a module, or none.
template <typename Function>
Function exported(void* handle, const char* name) {
  return reinterpret_cast<Function>(::dlsym(handle, name));
}

// Threads that wait for others sleep. By default libgomp's turn for milliseconds, which on a
// machine with other work is time taken from the threads that are waited for: two threads of
// `train` cost eight times the CPU of one. The library reads this once, when it is loaded; who says
// otherwise is obeyed.
void wait_passively() {
  constexpr int kKeep = 0;
  ::setenv("OMP_WAIT_POLICY", "passive", kKeep);
}

// Loads a module of this build; `user` is what needs it.
void* load_module(std::string_view module, const std::string& user) {
  const std::string file = "angiobench_" + std::string(module) + ".so";
  const std::string path = find_module(file);
  if (path.empty()) {
    throw Error(ErrorKind::inconclusive, "", user + " needs " + file + ", which is not installed",
                module == "baselines" ? "a build with LibTorch (scripts/setup.sh installs it)"
                : module == "dicom"   ? "a build with GDCM (scripts/setup.sh installs it)"
                                      : "a whole installation");
  }
  wait_passively();
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    throw Error(ErrorKind::inconclusive, path, std::string("cannot be loaded: ") + ::dlerror());
  const auto stamp = exported<ModuleStamp>(handle, "angiobench_module_stamp");
  const std::string theirs = stamp != nullptr ? stamp() : "a file without a stamp";
  if (theirs != build_stamp()) {
    throw Error(ErrorKind::input, path, "is a module of another build (" + theirs + ")",
                "the one that was built with this program (" + build_stamp() + ")");
  }
  return handle;
}

// A reader of the module, by the function that makes it; nothing where there is none.
template <typename MakeReader>
auto load_reader(const char* name) -> decltype(MakeReader{}()) {
  try {
    const auto reader = exported<MakeReader>(load_module("media", "a look at frames"), name);
    return reader != nullptr ? reader() : decltype(reader()){};
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

FrameValueReader module_frame_values() {
  return [](std::span<const std::uint8_t> file,
            const std::string& path) -> std::optional<FrameValues> {
    static const auto reader = load_reader<ModuleFrameValues>("angiobench_module_frame_values");
    return reader ? reader(file, path) : std::nullopt;
  };
}

GreyFrameReader module_grey_frames() {
  return
      [](std::span<const std::uint8_t> file, const std::string& path) -> std::optional<GreyFrame> {
        static const auto reader = load_reader<ModuleGreyFrames>("angiobench_module_grey_frames");
        return reader ? reader(file, path) : std::nullopt;
      };
}

DicomOpener module_dicom_opener() {
  return [](const std::string& path,
            const FrameReading& reading) -> std::shared_ptr<const ClipSource> {
    static const auto make = exported<ModuleDicomOpener>(
        load_module("dicom", "'" + path + "' (DICOM)"), "angiobench_module_dicom_opener");
    if (make == nullptr)
      throw Error(ErrorKind::input, find_module("angiobench_dicom.so"), "opens no DICOM",
                  "the module that was built with this program");
    static const DicomOpener opener = make();
    return opener(path, reading);
  };
}

VerbCode module_code(std::string_view module, std::string_view verb) {
  void* const handle = load_module(module, "'" + std::string(verb) + "'");
  const auto list = exported<ModuleVerbs>(handle, "angiobench_module_verbs");
  if (list != nullptr) {
    for (const ModuleVerb& candidate : list()) {
      if (candidate.name == verb) return candidate.code;
    }
  }
  throw Error(ErrorKind::input, find_module("angiobench_" + std::string(module) + ".so"),
              "has no verb '" + std::string(verb) + "'",
              "the module that was built with this program");
}

}  // namespace angiobench::cli
