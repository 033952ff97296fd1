// SPDX-License-Identifier: MIT
#include "dataset/dicom/decoder_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "dataset/dicom/codec.h"
#include "dataset/error.h"
#include "dataset/files/image_size.h"

namespace angiobench::dicom {
namespace {

// A frame of the largest size takes seconds.
constexpr unsigned int kSecondsAFrame = 120;

// A frame to decode; its stream follows.
struct Request {
  PixelCoding coding = PixelCoding::jpeg;
  PixelForm form;
  int bits = 0;
  std::uint64_t size = 0;
};

bool send_all(int socket, const void* bytes, std::size_t count) {
  const char* from = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t done = ::send(socket, from, count, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    from += done;
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

bool receive_all(int socket, void* bytes, std::size_t count) {
  char* to = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t done = ::recv(socket, to, count, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    to += done;
    count -= static_cast<std::size_t>(done);
  }
  return true;
}

// What the codecs have said since the last time, of a stream that they decoded all the same: some
// lack pixels then.
bool complained(int words) {
  char text[4096];
  const ssize_t size = ::pread(words, text, sizeof text, 0);
  if (size <= 0) return false;
  if (::ftruncate(words, 0) != 0 || ::lseek(words, 0, SEEK_SET) != 0) return true;
  const std::string_view said(text, static_cast<std::size_t>(size));
  return said.find("premature end") != std::string_view::npos ||
         said.find("bad Huffman code") != std::string_view::npos;
}

// The child's life: it holds no file but the socket, and ends when the other end is gone.
[[noreturn]] void serve(int socket) {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDWR);
  const int words = ::memfd_create("words", 0);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(words >= 0 ? words : nothing, STDERR_FILENO);
  constexpr int kOwn = 3;
  if (::dup2(socket, kOwn) != kOwn || ::close_range(kOwn + 1, ~0U, 0) != 0) ::_exit(1);
  Request request;
  std::vector<std::uint8_t> stream;
  while (receive_all(kOwn, &request, sizeof request)) {
    stream.resize(static_cast<std::size_t>(request.size));
    if (!receive_all(kOwn, stream.data(), stream.size())) break;
    ::alarm(kSecondsAFrame);
    std::vector<std::uint8_t> samples =
        decode_stream(request.coding, stream, request.form, request.bits);
    if (complained(STDERR_FILENO)) samples.clear();
    ::alarm(0);
    const std::uint64_t size = samples.size();
    if (!send_all(kOwn, &size, sizeof size) || !send_all(kOwn, samples.data(), samples.size()))
      break;
  }
  ::_exit(0);
}

}  // namespace

DecoderProcess::~DecoderProcess() { end(); }

void DecoderProcess::begin() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error(
        ErrorKind::passing, "",
        std::string("a process that decodes cannot be begun (") + std::strerror(errno) + ")");
  }
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  child_ = ::fork();
  if (child_ == 0) serve(theirs.get());
  if (child_ < 0) {
    throw Error(
        ErrorKind::passing, "",
        std::string("a process that decodes cannot be begun (") + std::strerror(errno) + ")");
  }
  socket_ = std::move(ours);
}

void DecoderProcess::end() {
  if (child_ <= 0) return;
  socket_ = Descriptor();
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

std::vector<std::uint8_t> DecoderProcess::ask(PixelCoding coding,
                                              std::span<const std::uint8_t> stream,
                                              const PixelForm& form, int bits) {
  const Request request{coding, form, bits, stream.size()};
  std::uint64_t size = 0;
  if (!send_all(socket_.get(), &request, sizeof request) ||
      !send_all(socket_.get(), stream.data(), stream.size()) ||
      !receive_all(socket_.get(), &size, sizeof size) || size != form.frame_bytes())
    return {};
  std::vector<std::uint8_t> samples(static_cast<std::size_t>(size));
  if (!receive_all(socket_.get(), samples.data(), samples.size())) return {};
  return samples;
}

std::vector<std::uint8_t> DecoderProcess::decode(PixelCoding coding,
                                                 std::span<const std::uint8_t> stream,
                                                 const PixelForm& form, const std::string& place) {
  const int bits = check_stream(coding, stream, form, place);
  if (child_ < 0) begin();
  std::vector<std::uint8_t> samples = ask(coding, stream, form, bits);
  if (samples.empty()) {
    end();  // whatever is left of it
    throw Error(ErrorKind::input, place, "cannot be decoded",
                "a whole stream of " + size_text(form.width, form.height));
  }
  return samples;
}

}  // namespace angiobench::dicom
