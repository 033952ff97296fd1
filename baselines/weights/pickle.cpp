// SPDX-License-Identifier: MIT
#include "baselines/weights/pickle.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

using Kind = PickleValue::Kind;

// A state dict of 405 tensors makes some 10,000 values; a training checkpoint with its optimiser
// 50,000.
constexpr std::size_t kMaxValues = 1'000'000;
constexpr std::size_t kMaxItems = 4 * kMaxValues;  // in all containers together
constexpr std::size_t kMaxKeyBytes =
    64;  // a storage's key is a small number, or an address in decimal
constexpr std::size_t kMaxBigBytes = 64;  // the magic number of the legacy format has 10

struct Global {
  std::string_view module;
  std::string_view name;
  Kind kind;
  ElementType element;
};

// The allow-list. Nothing else can be named by a file of weights.
constexpr Global kGlobals[] = {
    {"collections", "OrderedDict", Kind::ordered_dict_class, ElementType::f32},
    {"collections", "Counter", Kind::counter_class, ElementType::f32},
    {"argparse", "Namespace", Kind::namespace_class, ElementType::f32},
    {"torch._utils", "_rebuild_tensor", Kind::rebuild_tensor, ElementType::f32},
    {"torch._utils", "_rebuild_tensor_v2", Kind::rebuild_tensor_v2, ElementType::f32},
    {"torch._utils", "_rebuild_parameter", Kind::rebuild_parameter, ElementType::f32},
    {"torch", "DoubleStorage", Kind::storage_class, ElementType::f64},
    {"torch", "FloatStorage", Kind::storage_class, ElementType::f32},
    {"torch", "HalfStorage", Kind::storage_class, ElementType::f16},
    {"torch", "BFloat16Storage", Kind::storage_class, ElementType::bf16},
    {"torch", "LongStorage", Kind::storage_class, ElementType::i64},
    {"torch", "IntStorage", Kind::storage_class, ElementType::i32},
    {"torch", "ShortStorage", Kind::storage_class, ElementType::i16},
    {"torch", "CharStorage", Kind::storage_class, ElementType::i8},
    {"torch", "ByteStorage", Kind::storage_class, ElementType::u8},
    {"torch", "BoolStorage", Kind::storage_class, ElementType::boolean},
};

// The opcodes that torch.save writes (pickle protocols 2 to 5).
enum Opcode : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinFloat = 'G',
  kBinPersistentId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kNewObject = 0x81,
  kGlobal = 'c',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kEmptyList = ']',
  kEmptyTuple = ')',
  kEmptyDict = '}',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kSetItems = 'u',
  kProtocol = 0x80,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
};

class Reader {
 public:
  Reader(const ByteSource& source, std::uint64_t begin, std::uint64_t end)
      : source_(source), position_(begin), end_(std::min(end, source.size())) {
    end_ = std::clamp(end_, begin, begin + kMaxPickleBytes);
  }

  Pickle read() {
    while (step()) {
    }
    pickle_.end = position_;
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void refuse_size(const std::string& what) const {
    throw Error(ErrorKind::limit, source_.path(), "its pickle " + what, "a state dict of tensors");
  }

  [[noreturn]] void refuse(const std::string& found,
                           const std::string& expected = "a state dict of tensors") const {
    throw Error(ErrorKind::input, source_.path(), "its pickle " + found, expected);
  }

  // Bytes of the stream, through a small buffer.

  std::uint8_t byte() {
    std::uint8_t value = 0;
    take({&value, 1});
    return value;
  }

  template <class T>
  T number() {
    T value{};
    std::uint8_t bytes[sizeof(T)];
    take(bytes);
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }

  std::string text(std::uint64_t count) {
    if (count > end_ - position_) refuse("ends inside a text");
    std::string value(count, '\0');
    take({reinterpret_cast<std::uint8_t*>(value.data()), value.size()});
    return value;
  }

  // Up to a line end: the names of a GLOBAL.
  std::string line() {
    constexpr std::size_t kMaxLine = 200;
    std::string value;
    for (char c = static_cast<char>(byte()); c != '\n'; c = static_cast<char>(byte())) {
      value += c;
      if (value.size() > kMaxLine) refuse("names something with more than 200 letters");
    }
    return value;
  }

  void take(std::span<std::uint8_t> into) {
    if (into.size() > end_ - position_) refuse("ends early");
    constexpr std::size_t kBuffer = 1 << 16;
    if (into.size() > kBuffer) {
      source_.read(position_, into);
    } else {
      if (position_ < buffer_at_ || position_ + into.size() > buffer_at_ + buffer_.size()) {
        buffer_at_ = position_;
        buffer_ = source_.read(position_, std::min<std::uint64_t>(kBuffer, end_ - position_));
      }
      std::memcpy(into.data(), buffer_.data() + (position_ - buffer_at_), into.size());
    }
    position_ += into.size();
  }

  // The stack.

  std::uint32_t make(PickleValue value) {
    if (pickle_.values.size() >= kMaxValues) refuse_size("makes more than a million values");
    pickle_.values.push_back(std::move(value));
    return static_cast<std::uint32_t>(pickle_.values.size() - 1);
  }

  PickleValue& value(std::uint32_t index) { return pickle_.values[index]; }

  void push(PickleValue made) { stack_.push_back(make(std::move(made))); }

  void push_number(Kind kind, std::int64_t number) {
    PickleValue made;
    made.kind = kind;
    made.number = number;
    push(std::move(made));
  }

  void push_text(std::string text) {
    PickleValue made;
    made.kind = Kind::text;
    made.text = std::move(text);
    push(std::move(made));
  }

  void push_items(Kind kind, std::vector<std::uint32_t> items) {
    count_items(items.size());
    PickleValue made;
    made.kind = kind;
    made.items = std::move(items);
    push(std::move(made));
  }

  // Containers may share items through the memo, so their sizes are not bounded by the values.
  void count_items(std::size_t count) {
    num_items_ += count;
    if (num_items_ > kMaxItems) refuse_size("holds more than four million items");
  }

  std::uint32_t pop() {
    if (stack_.empty() || value(stack_.back()).kind == Kind::mark)
      refuse("takes more than it has put down");
    const std::uint32_t top = stack_.back();
    stack_.pop_back();
    return top;
  }

  std::uint32_t top() {
    if (stack_.empty() || value(stack_.back()).kind == Kind::mark)
      refuse("looks for more than it has put down");
    return stack_.back();
  }

  // Everything above the last mark, which goes too.
  std::vector<std::uint32_t> pop_to_mark() {
    std::vector<std::uint32_t> items;
    while (!stack_.empty() && value(stack_.back()).kind != Kind::mark) {
      items.push_back(stack_.back());
      stack_.pop_back();
    }
    if (stack_.empty()) refuse("has no mark where one is needed");
    stack_.pop_back();
    std::reverse(items.begin(), items.end());
    return items;
  }

  std::vector<std::uint32_t> pop_some(std::size_t count) {
    std::vector<std::uint32_t> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  void append(Kind kind, const std::vector<std::uint32_t>& items) {
    PickleValue& container = value(top());
    if (container.kind != kind)
      refuse("adds something to what is no " + std::string(kind == Kind::list ? "list" : "dict"));
    if (kind == Kind::dict && items.size() % 2 != 0) refuse("has a key without a value");
    count_items(items.size());
    container.items.insert(container.items.end(), items.begin(), items.end());
  }

  void remember(std::uint32_t key) {
    if (memo_.size() >= kMaxValues) refuse_size("remembers more than a million values");
    memo_[key] = top();
  }

  void recall(std::uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) refuse("recalls what it never stored");
    if (stack_.size() >= kMaxValues) refuse_size("puts down more than a million values");
    stack_.push_back(found->second);
  }

  // What a pickle may name and build.

  void push_global(const std::string& module, const std::string& name) {
    for (const Global& allowed : kGlobals) {
      if (allowed.module != module || allowed.name != name) continue;
      PickleValue made;
      made.kind = allowed.kind;
      made.element = allowed.element;
      push(std::move(made));
      return;
    }
    refuse("names '" + module + "." + name + "', which a state dict has no need of",
           "OrderedDict and tensors only");
  }

  // Tuple item `index` of a wanted kind.
  const PickleValue& item(const PickleValue& tuple, std::size_t index, Kind kind,
                          const char* what) {
    if (index >= tuple.items.size() || value(tuple.items[index]).kind != kind) {
      refuse(std::string("describes a ") + what + " in an unknown way");
    }
    return value(tuple.items[index]);
  }

  // ('storage', class, key, location, elements[, view]); a view (old files only) is refused.
  void push_storage(const PickleValue& id) {
    constexpr const char* kWhat = "storage";
    if (id.kind != Kind::tuple || id.items.size() < 5 || id.items.size() > 6 ||
        item(id, 0, Kind::text, kWhat).text != kWhat) {
      refuse("describes a storage in an unknown way");
    }
    if (id.items.size() == 6) item(id, 5, Kind::none, kWhat);
    PickleValue made;
    made.kind = Kind::storage;
    made.element = item(id, 1, Kind::storage_class, kWhat).element;
    const std::string& key = item(id, 2, Kind::text, kWhat).text;
    if (key.size() > kMaxKeyBytes) refuse("has a storage with a key of more than 64 letters");
    made.text = key;
    made.number = item(id, 4, Kind::integer, kWhat).number;
    if (made.number < 0) refuse("has a storage of a negative size");
    push(std::move(made));
  }

  std::vector<std::int64_t> integers(const PickleValue& tuple) {
    std::vector<std::int64_t> numbers;
    for (const std::uint32_t index : tuple.items) {
      if (value(index).kind != Kind::integer || value(index).number < 0)
        refuse("has a tensor with odd sizes");
      numbers.push_back(value(index).number);
    }
    return numbers;
  }

  // (storage, offset, sizes, strides, …): what follows says nothing about the values.
  void push_tensor(const PickleValue& arguments) {
    constexpr const char* kWhat = "tensor";
    constexpr std::size_t kMaxDimensions = 16;
    item(arguments, 0, Kind::storage, kWhat);
    PickleValue made;
    made.kind = Kind::tensor;
    made.items = {arguments.items[0]};
    made.number = item(arguments, 1, Kind::integer, kWhat).number;
    const PickleValue& sizes = item(arguments, 2, Kind::tuple, kWhat);
    const PickleValue& strides = item(arguments, 3, Kind::tuple, kWhat);
    if (made.number < 0 || sizes.items.size() != strides.items.size() ||
        sizes.items.size() > kMaxDimensions) {
      refuse("has a tensor with odd sizes");
    }
    made.shape = integers(sizes);
    made.strides = integers(strides);
    push(std::move(made));
  }

  // OrderedDict() or OrderedDict([(key, value), …]).
  void push_ordered_dict(const PickleValue& arguments) {
    std::vector<std::uint32_t> items;
    if (!arguments.items.empty()) {
      const PickleValue& pairs = item(arguments, 0, Kind::list, "dict");
      for (const std::uint32_t index : pairs.items) {
        const PickleValue& pair = value(index);
        if ((pair.kind != Kind::tuple && pair.kind != Kind::list) || pair.items.size() != 2) {
          refuse("describes a dict in an unknown way");
        }
        if (items.size() > kMaxItems) refuse_size("holds more than four million items");
        items.insert(items.end(), pair.items.begin(), pair.items.end());
      }
    }
    push_items(Kind::dict, std::move(items));
  }

  void reduce() {
    const PickleValue& arguments = value(pop());
    const Kind callable = value(pop()).kind;
    if (arguments.kind != Kind::tuple) refuse("calls something without a tuple of arguments");
    switch (callable) {
      case Kind::ordered_dict_class:
        push_ordered_dict(arguments);
        break;
      case Kind::counter_class:
        // Counter(dict): of a learning-rate schedule; its counts are of no use.
        push_items(Kind::dict, {});
        break;
      case Kind::rebuild_tensor:
      case Kind::rebuild_tensor_v2:
        push_tensor(arguments);
        break;
      case Kind::rebuild_parameter:
        item(arguments, 0, Kind::tensor, "parameter");
        stack_.push_back(arguments.items[0]);
        break;
      default:
        refuse("calls what is no function of a state dict");
    }
  }

  // One opcode. Returns false at the end.
  bool step() {
    const std::uint8_t opcode = byte();
    switch (opcode) {
      case kProtocol: {
        const int version = byte();
        if (version < 2 || version > 5)
          refuse("is of protocol " + std::to_string(version), "2 to 5");
        return true;
      }
      case kFrame:
        if (number<std::uint64_t>() > end_ - position_) refuse("ends inside a frame");
        return true;
      case kStop:
        pickle_.root = pop();
        return false;

      case kNone:
        push({});
        return true;
      case kNewTrue:
      case kNewFalse:
        push_number(Kind::boolean, opcode == kNewTrue ? 1 : 0);
        return true;
      case kBinInt:
        push_number(Kind::integer, number<std::int32_t>());
        return true;
      case kBinInt1:
        push_number(Kind::integer, byte());
        return true;
      case kBinInt2:
        push_number(Kind::integer, number<std::uint16_t>());
        return true;
      case kLong1:
        push_long(text(byte()));
        return true;
      case kBinFloat:
        number<std::uint64_t>();
        push_number(Kind::real, 0);
        return true;

      case kBinUnicode:
      case kBinString:
        push_text(text(number<std::uint32_t>()));
        return true;
      case kShortBinUnicode:
      case kShortBinString:
        push_text(text(byte()));
        return true;
      case kBinUnicode8:
        push_text(text(number<std::uint64_t>()));
        return true;

      case kMark:
        push_number(Kind::mark, 0);
        return true;
      case kEmptyTuple:
        push_items(Kind::tuple, {});
        return true;
      case kEmptyList:
        push_items(Kind::list, {});
        return true;
      case kEmptyDict:
        push_items(Kind::dict, {});
        return true;
      case kTuple:
        push_items(Kind::tuple, pop_to_mark());
        return true;
      case kTuple1:
      case kTuple2:
      case kTuple3:
        push_items(Kind::tuple, pop_some(std::size_t{opcode} - kTuple1 + 1));
        return true;
      case kAppend:
        append(Kind::list, pop_some(1));
        return true;
      case kAppends:
        append(Kind::list, pop_to_mark());
        return true;
      case kSetItem:
        append(Kind::dict, pop_some(2));
        return true;
      case kSetItems:
        append(Kind::dict, pop_to_mark());
        return true;

      case kBinPut:
        remember(byte());
        return true;
      case kLongBinPut:
        remember(number<std::uint32_t>());
        return true;
      case kMemoize:
        remember(static_cast<std::uint32_t>(memo_.size()));
        return true;
      case kBinGet:
        recall(byte());
        return true;
      case kLongBinGet:
        recall(number<std::uint32_t>());
        return true;

      case kGlobal: {
        const std::string module = line();
        push_global(module, line());
        return true;
      }
      case kStackGlobal: {
        const std::vector<std::uint32_t> names = pop_some(2);
        if (value(names[0]).kind != Kind::text || value(names[1]).kind != Kind::text) {
          refuse("names a global that is no text");
        }
        push_global(std::string(value(names[0]).text, 0, 200),
                    std::string(value(names[1]).text, 0, 200));
        return true;
      }
      case kBinPersistentId: {
        push_storage(value(pop()));
        return true;
      }
      case kReduce:
        reduce();
        return true;
      case kNewObject:
        // The options of a training run: whatever they are, they are of no use here.
        pop();
        if (value(pop()).kind != Kind::namespace_class)
          refuse("makes an object of a class that is no argparse.Namespace");
        push_items(Kind::dict, {});
        return true;
      case kBuild:
        // The state of an OrderedDict (its _metadata: versions of the modules) is of no use here.
        pop();
        if (value(top()).kind != Kind::dict) refuse("sets the state of what is no dict");
        return true;
      default:
        char code[8];
        std::snprintf(code, sizeof code, "0x%02X", opcode);
        refuse(std::string("has the opcode ") + code + ", which a state dict has no need of",
               "what torch.save writes for a state dict");
    }
  }

  void push_long(std::string bytes) {
    if (bytes.size() > kMaxBigBytes) refuse("has an integer of more than 64 bytes");
    PickleValue made;
    made.kind = Kind::integer;
    if (bytes.size() > sizeof made.number) {
      made.kind = Kind::big;
      made.text = std::move(bytes);
    } else if (!bytes.empty()) {
      // Two's complement, little-endian, sign in the last byte.
      made.number = static_cast<std::int8_t>(bytes.back()) < 0 ? -1 : 0;
      std::memcpy(&made.number, bytes.data(), bytes.size());
    }
    push(std::move(made));
  }

  const ByteSource& source_;
  std::uint64_t position_;
  std::uint64_t end_;
  std::uint64_t buffer_at_ = 0;
  std::vector<std::uint8_t> buffer_;
  Pickle pickle_;
  std::size_t num_items_ = 0;
  std::vector<std::uint32_t> stack_;
  std::unordered_map<std::uint32_t, std::uint32_t> memo_;
};

}  // namespace

Pickle read_pickle(const ByteSource& source, std::uint64_t begin, std::uint64_t end) {
  if (begin > source.size()) {
    throw Error(ErrorKind::input, source.path(), "ends before its pickle begins",
                "a whole file of weights");
  }
  return Reader(source, begin, end).read();
}

}  // namespace angiobench
