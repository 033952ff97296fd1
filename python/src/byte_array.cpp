// SPDX-License-Identifier: MIT
#include "python/src/byte_array.h"

#include <cstring>
#include <cstdio>
#include <string_view>
#include <utility>

#include "python/src/input_error.h"
#include "python/src/row_bytes.h"

namespace angiobench::python {
namespace {

// An array before its values are looked at.
struct RawArray {
  const std::uint8_t* data = nullptr;
  std::vector<std::ptrdiff_t> shape;
  std::vector<std::ptrdiff_t> strides;  // bytes
  ElementKind kind = ElementKind::other;
  std::size_t item_size = 1;
  bool is_swapped = false;  // the other byte order
  std::string type;         // for messages
};

// DLPack's structures (dmlc/dlpack, version 0 of its ABI), whose layout every producer shares.
struct DlDevice {
  std::int32_t type;
  std::int32_t id;
};
struct DlDataType {
  std::uint8_t code;
  std::uint8_t bits;
  std::uint16_t lanes;
};
struct DlTensor {
  void* data;
  DlDevice device;
  std::int32_t num_dims;
  DlDataType type;
  std::int64_t* shape;
  std::int64_t* strides;  // in elements; null: rows without gaps
  std::uint64_t byte_offset;
};
struct DlManagedTensor {
  DlTensor tensor;
  void* context;
  void (*deleter)(DlManagedTensor*);
};

// The message of the exception that is set, which is cleared.
std::string take_python_error() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  std::string text = "an unknown error";
  if (value != nullptr) {
    if (PyObject* const words = PyObject_Str(value)) {
      if (const char* const bytes = PyUnicode_AsUTF8(words)) text = bytes;
      Py_DECREF(words);
    }
  }
  PyErr_Clear();
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
  return text;
}

std::string type_name(py::handle object) { return Py_TYPE(object.ptr())->tp_name; }

// The format of struct's language ("B", "<i8" is "q", "?", "T{…}").
ElementKind kind_of_format(std::string_view format) {
  if (format.size() != 1) return ElementKind::other;
  switch (format[0]) {
    case '?':
      return ElementKind::boolean;
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      return ElementKind::signed_whole;
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
      return ElementKind::unsigned_whole;
    case 'e':
    case 'f':
    case 'd':
    case 'g':
      return ElementKind::floating;
    default:
      return ElementKind::other;
  }
}

const char* kind_words(ElementKind kind) {
  switch (kind) {
    case ElementKind::boolean:
      return "bool";
    case ElementKind::signed_whole:
      return "int";
    case ElementKind::unsigned_whole:
      return "uint";
    case ElementKind::floating:
      return "float";
    case ElementKind::other:
      break;
  }
  return "other";
}

RawArray raw_of(const Py_buffer& buffer) {
  RawArray raw;
  raw.data = static_cast<const std::uint8_t*>(buffer.buf);
  raw.shape.assign(buffer.shape, buffer.shape + buffer.ndim);
  raw.strides.assign(buffer.strides, buffer.strides + buffer.ndim);
  raw.item_size = static_cast<std::size_t>(buffer.itemsize);
  std::string_view format = buffer.format != nullptr ? buffer.format : "B";
  if (!format.empty() && std::string_view("@=<>!|").find(format[0]) != std::string_view::npos) {
    raw.is_swapped = (format[0] == '>' || format[0] == '!') && raw.item_size > 1;
    format.remove_prefix(1);
  }
  raw.kind = kind_of_format(format);
  raw.type = raw.kind == ElementKind::other
                 ? "'" + std::string(format) + "'"
                 : kind_words(raw.kind) + (raw.kind == ElementKind::boolean
                                               ? std::string()
                                               : std::to_string(8 * raw.item_size));
  return raw;
}

RawArray raw_of(const DlTensor& tensor) {
  RawArray raw;
  raw.data = static_cast<const std::uint8_t*>(tensor.data) + tensor.byte_offset;
  constexpr std::uint8_t kInt = 0;
  constexpr std::uint8_t kUint = 1;
  constexpr std::uint8_t kFloat = 2;
  constexpr std::uint8_t kBrainFloat = 4;
  constexpr std::uint8_t kBool = 6;
  const std::uint8_t code = tensor.type.code;
  raw.kind = code == kInt                            ? ElementKind::signed_whole
             : code == kUint                         ? ElementKind::unsigned_whole
             : code == kFloat || code == kBrainFloat ? ElementKind::floating
             : code == kBool                         ? ElementKind::boolean
                                                     : ElementKind::other;
  if (tensor.type.lanes != 1 || tensor.type.bits % 8 != 0) raw.kind = ElementKind::other;
  raw.item_size = tensor.type.bits / 8U;
  raw.type = kind_words(raw.kind) + std::to_string(int{tensor.type.bits});
  std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(raw.item_size);
  const auto num_dims = static_cast<std::size_t>(tensor.num_dims);
  raw.shape.assign(tensor.shape, tensor.shape + num_dims);
  raw.strides.resize(num_dims);
  for (std::size_t i = num_dims; i-- > 0;) {
    raw.strides[i] = tensor.strides != nullptr ? static_cast<std::ptrdiff_t>(tensor.strides[i]) *
                                                     static_cast<std::ptrdiff_t>(raw.item_size)
                                               : stride;
    stride *= raw.shape[i];
  }
  return raw;
}

// Goes through the rows of an array: `visit` gets where each begins and the place of its first
// element.
template <typename Visit>
void for_each_row(const RawArray& raw, Visit visit) {
  const std::size_t num_dims = raw.shape.size();
  const auto width = static_cast<std::size_t>(raw.shape.back());
  std::vector<std::ptrdiff_t> position(num_dims - 1);
  for (std::size_t place = 0;; place += width) {
    const std::uint8_t* row = raw.data;
    for (std::size_t i = 0; i + 1 < num_dims; ++i) row += position[i] * raw.strides[i];
    visit(row, place);
    std::size_t i = num_dims - 1;
    while (i > 0 && ++position[i - 1] == raw.shape[i - 1]) position[--i] = 0;
    if (i == 0) return;
  }
}

// "[3, 7]" of the element at `place`, counted row by row.
std::string place_text(const std::vector<std::ptrdiff_t>& shape, std::size_t place) {
  std::vector<std::size_t> position(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    position[i] = place % static_cast<std::size_t>(shape[i]);
    place /= static_cast<std::size_t>(shape[i]);
  }
  std::string text = "[";
  for (std::size_t i = 0; i < position.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(position[i]);
  return text + "]";
}

template <typename Value>
Value value_at(const std::uint8_t* element) {
  Value value;
  std::memcpy(&value, element, sizeof value);
  return value;
}

// An element's value, as messages show it.
std::string value_text(const RawArray& raw, const std::uint8_t* element) {
  if (raw.kind == ElementKind::floating) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g",
                  raw.item_size == 4 ? static_cast<double>(value_at<float>(element))
                                     : value_at<double>(element));
    return text;
  }
  std::uint64_t value = 0;
  std::memcpy(&value, element, raw.item_size);  // x86-64 and AArch64 are little-endian
  if (raw.kind == ElementKind::unsigned_whole) return std::to_string(value);
  const auto unused = static_cast<int>(64 - 8 * raw.item_size);
  return std::to_string(static_cast<std::int64_t>(value << unused) >> unused);
}

// Every value as a byte.
void convert(const RawArray& raw, const std::string& what, ArrayValues values,
             std::vector<std::uint8_t>& bytes) {
  const bool is_labels = values == ArrayValues::labels;
  const RowToBytes turn =
      is_labels ? row_to_labels(raw.kind, raw.item_size) : row_to_set(raw.kind, raw.item_size);
  if (turn == nullptr) {
    throw InputError("array-type", what, "is of " + raw.type,
                     raw.kind == ElementKind::floating
                         ? "whole numbers: take the argmax, or compare with a threshold, first"
                         : "bool or whole numbers");
  }
  const std::ptrdiff_t step = raw.strides.back();
  const std::uint8_t* wrong = nullptr;  // the first row that holds a value which is refused
  std::size_t wrong_place = 0;
  for_each_row(raw, [&](const std::uint8_t* row, std::size_t place) {
    if (turn(row, raw.shape.back(), step, bytes.data() + place) || wrong != nullptr) return;
    wrong = row;
    wrong_place = place;
  });
  if (wrong == nullptr) return;
  std::uint8_t byte = 0;
  for (; turn(wrong, 1, step, &byte); wrong += step) ++wrong_place;
  throw InputError(
      "array-value", what,
      "has the value " + value_text(raw, wrong) + " at " + place_text(raw.shape, wrong_place),
      is_labels ? "labels 0 to 255"
                : "0 and 1 in an array of floating point; compare it with a threshold first");
}

}  // namespace

namespace {

void check_device(py::handle object, const std::string& what) {
  if (!py::hasattr(object, "__dlpack_device__")) return;
  constexpr int kHost = 1;
  constexpr int kPinnedCuda = 3;
  constexpr int kPinnedRocm = 11;
  constexpr int kManagedCuda = 13;
  try {
    const auto device = py::cast<py::tuple>(object.attr("__dlpack_device__")());
    const int type = py::cast<int>(device[0]);
    if (type == kHost || type == kPinnedCuda || type == kPinnedRocm || type == kManagedCuda) return;
  } catch (const py::error_already_set&) {  // a kind of device that DLPack has no number for
  }
  throw InputError("array-type", what, "lies on a device",
                   "an array in the host's memory: .cpu() first");
}

}  // namespace

// What keeps a caller's memory where it is.
struct ByteArray::Holder {
  Py_buffer buffer{};
  bool has_buffer = false;
  DlManagedTensor* tensor = nullptr;

  Holder() = default;
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    if (has_buffer) PyBuffer_Release(&buffer);
    if (tensor != nullptr && tensor->deleter != nullptr) tensor->deleter(tensor);
  }

  // The memory of the object, by whichever way it lends it. Throws InputError{"array-type"}.
  RawArray lend(py::handle object, const std::string& what);

  // Whether the object lends its memory by the buffer protocol.
  bool take_buffer(py::handle object) {
    if (PyObject_CheckBuffer(object.ptr()) == 0) return false;
    if (PyObject_GetBuffer(object.ptr(), &buffer, PyBUF_RECORDS_RO) != 0) return false;
    has_buffer = true;
    return true;
  }

  // Whether it lends it by DLPack; where it does not, why.
  bool take_tensor(py::handle object, std::string& reason) {
    py::object capsule;
    try {
      capsule = object.attr("__dlpack__")();
    } catch (py::error_already_set& error) {
      reason = error.what();
      return false;
    }
    void* const pointer = PyCapsule_GetPointer(capsule.ptr(), "dltensor");
    if (pointer == nullptr) {
      reason = take_python_error();
      return false;
    }
    tensor = static_cast<DlManagedTensor*>(pointer);
    PyCapsule_SetName(capsule.ptr(), "used_dltensor");  // ours to delete now
    return true;
  }
};

RawArray ByteArray::Holder::lend(py::handle object, const std::string& what) {
  std::string reason;
  if (take_buffer(object)) return raw_of(buffer);
  if (PyErr_Occurred() != nullptr) {
    reason = take_python_error();
    throw InputError("array-type", what, "cannot be read (" + reason + ")", "an array");
  }
  if (py::hasattr(object, "__dlpack__")) {
    check_device(object, what);
    if (take_tensor(object, reason)) return raw_of(tensor->tensor);
    if (py::hasattr(object, "numpy")) {
      // PyTorch before 2 hands no bool over by DLPack, and shares the same memory so.
      py::object array;
      try {
        array = object.attr("numpy")();
      } catch (py::error_already_set& error) {
        reason = error.what();
      }
      if (array && take_buffer(array)) return raw_of(buffer);
    }
    PyErr_Clear();
    throw InputError("array-type", what, "cannot be read (" + reason + ")",
                     "a tensor that hands its memory over: .detach().cpu()");
  }
  if (py::hasattr(object, "__array_interface__")) {
    py::object array;
    try {
      array = py::module_::import("numpy").attr("asarray")(object);
    } catch (py::error_already_set& error) {
      throw InputError("array-type", what, "cannot be read (" + std::string(error.what()) + ")",
                       "an array");
    }
    if (take_buffer(array)) return raw_of(buffer);
    PyErr_Clear();
  }
  throw InputError("array-type", what, "is a " + type_name(object),
                   "an array: NumPy, a tensor in the host's memory, a memoryview");
}

namespace {

void check_form(const RawArray& raw, const std::string& what, int least_dims, int most_dims) {
  const auto num_dims = static_cast<int>(raw.shape.size());
  const std::string found = "has the shape " + shape_text(raw.shape);
  if (num_dims < least_dims || num_dims > most_dims) {
    const std::string least = std::to_string(least_dims);
    const std::string dims =
        least_dims == most_dims ? least : least + " to " + std::to_string(most_dims);
    throw InputError("array-shape", what, found,
                     dims + " dimensions, the last two height and width");
  }
  for (const std::ptrdiff_t length : raw.shape) {
    if (length == 0) throw InputError("array-empty", what, found, "at least one pixel");
  }
  constexpr std::ptrdiff_t kLongestSide = 1 << 20;
  if (raw.shape.back() > kLongestSide || raw.shape[raw.shape.size() - 2] > kLongestSide) {
    throw InputError("array-shape", what, found,
                     "sides of at most " + std::to_string(kLongestSide) + " pixels");
  }
  if (raw.is_swapped) {
    throw InputError("array-type", what, "has the other byte order",
                     "this machine's: .astype(array.dtype.newbyteorder('='))");
  }
}

}  // namespace

ByteArray::ByteArray(py::handle object, std::string what, ArrayValues values, int least_dims,
                     int most_dims)
    : what_(std::move(what)), holder_(std::make_unique<Holder>()) {
  const RawArray raw = holder_->lend(object, what_);
  check_form(raw, what_, least_dims, most_dims);
  shape_ = raw.shape;
  for (std::size_t i = 0; i + 2 < shape_.size(); ++i)
    num_planes_ *= static_cast<std::size_t>(shape_[i]);
  const bool is_byte = raw.item_size == 1 && (raw.kind == ElementKind::boolean ||
                                              raw.kind == ElementKind::unsigned_whole);
  if (is_byte && (raw.strides.back() == 1 || shape_.back() == 1)) {
    data_ = raw.data;
    strides_ = raw.strides;
    return;
  }
  // Rows without gaps in memory of our own.
  strides_.resize(shape_.size());
  std::ptrdiff_t stride = 1;
  for (std::size_t i = shape_.size(); i-- > 0; stride *= shape_[i]) strides_[i] = stride;
  copy_.resize(static_cast<std::size_t>(stride));
  data_ = copy_.data();
  const py::gil_scoped_release release;
  convert(raw, what_, values, copy_);
}

ByteArray::~ByteArray() = default;
ByteArray::ByteArray(ByteArray&&) noexcept = default;
ByteArray& ByteArray::operator=(ByteArray&&) noexcept = default;

MaskView ByteArray::plane(std::size_t position) const {
  const std::uint8_t* data = data_;
  for (std::size_t i = shape_.size() - 2; i-- > 0;) {
    const auto length = static_cast<std::size_t>(shape_[i]);
    data += static_cast<std::ptrdiff_t>(position % length) * strides_[i];
    position /= length;
  }
  return {data, width(), height(), strides_[strides_.size() - 2]};
}

std::string shape_text(const std::vector<std::ptrdiff_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

void check_same_shape(const ByteArray& first, const ByteArray& second) {
  if (first.shape() == second.shape()) return;
  throw InputError("array-shape", second.what(), "has the shape " + shape_text(second.shape()),
                   shape_text(first.shape()) + ", the " + first.what() + "'s");
}

}  // namespace angiobench::python
