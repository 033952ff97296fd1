// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace angiobench::html {

// Pages are written by type: a string is text and is escaped for where it goes, in an element or in
// an attribute; only Markup goes in as it is, and only the functions below make it. What is opened
// closes itself. Forgetting either does not compile.

/// The name of an element, a literal of our own source: text from outside cannot become a tag.
class TagName {
 public:
  consteval TagName(const char* literal) : text_(literal) {
    for (const char c : text_) {
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!is_letter && !(c >= '0' && c <= '9')) throw "a tag has letters and digits";
    }
    if (text_ == "script" || text_ == "style") throw "style and script are written by put_code";
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// The name of an attribute, a literal, too. `style` and handlers of events do not compile: a
/// page's content security policy forbids both.
class AttributeName {
 public:
  consteval AttributeName(const char* literal) : text_(literal) {
    for (const char c : text_) {
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!is_letter && !(c >= '0' && c <= '9') && c != '-') throw "a name has letters and -";
    }
    if (text_ == "style" || text_.starts_with("on")) throw "no style and no handlers in a page";
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// An attribute of an element. The value is text; it is read before the full expression ends.
class Attribute {
 public:
  Attribute(AttributeName name, std::string_view value)
      : name_(name.text()), value_(value), form_(Form::valued) {}

 private:
  enum class Form { absent, bare, valued };
  Attribute(AttributeName name, std::string_view value, Form form)
      : name_(name.text()), value_(value), form_(form) {}

  std::string_view name_;
  std::string_view value_;
  Form form_;

  friend class Markup;
  friend Attribute when(bool condition, AttributeName name, std::string_view value);
  friend Attribute maybe(AttributeName name, const std::optional<std::string>& value);
  friend Attribute flag(AttributeName name);
};

/// An attribute that is there only where `condition` holds.
inline Attribute when(bool condition, AttributeName name, std::string_view value) {
  return {name, value, condition ? Attribute::Form::valued : Attribute::Form::absent};
}
/// An attribute that is there only where it has a value.
inline Attribute maybe(AttributeName name, const std::optional<std::string>& value) {
  return {name, value ? std::string_view(*value) : std::string_view(),
          value ? Attribute::Form::valued : Attribute::Form::absent};
}
/// An attribute without a value: checked, defer.
inline Attribute flag(AttributeName name) { return {name, {}, Attribute::Form::bare}; }

using Attributes = std::initializer_list<Attribute>;

/// What a page may hold beside markup.
enum class Code { style, script };

/// A piece of a page that is HTML already.
class Markup {
 public:
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  std::string_view view() const { return text_; }
  /// The text, which leaves this empty: pages are handed on in pieces.
  std::string take() {
    std::string text = std::move(text_);
    text_.clear();
    return text;
  }

 private:
  void append_text(std::string_view text);
  void append_markup(const Markup& markup) { text_ += markup.text_; }
  void open(TagName tag, Attributes attributes);
  void close(TagName tag);
  void leaf(TagName tag, Attributes attributes);

  std::string text_;

  template <typename... Parts>
  friend void put(Markup& out, const Parts&... parts);
  friend class Element;
  friend void put_leaf(Markup& out, TagName tag, Attributes attributes);
  friend void put_code(Markup& out, Code kind, std::string_view content);
  friend void put_script_link(Markup& out, std::string_view address);
  friend void put_doctype(Markup& out);
};

/// Appends parts one after the other: strings as text, escaped; Markup as it is.
template <typename... Parts>
void put(Markup& out, const Parts&... parts) {
  [[maybe_unused]] const auto append = [&out](const auto& part) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(part)>, Markup>) {
      out.append_markup(part);
    } else {
      out.append_text(std::string_view(part));
    }
  };
  (append(parts), ...);
}

/// What stands behind the end tag.
enum class After { nothing, line_end };

/// An element round whatever is written to `out` while this lives.
class Element {
 public:
  Element(Markup& out, TagName tag, Attributes attributes = {}, After after = After::nothing)
      : out_(out), tag_(tag), after_(after) {
    out_.open(tag_, attributes);
  }
  ~Element() {
    out_.close(tag_);
    if (after_ == After::line_end) put(out_, "\n");
  }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

 private:
  Markup& out_;
  TagName tag_;
  After after_;
};

/// A whole element with its parts (see put).
template <typename... Parts>
void put_element(Markup& out, TagName tag, Attributes attributes, const Parts&... parts) {
  const Element element(out, tag, attributes);
  put(out, parts...);
}

/// The same as a piece of its own, to stand among the parts of another.
template <typename... Parts>
Markup element(TagName tag, Attributes attributes, const Parts&... parts) {
  Markup out;
  put_element(out, tag, attributes, parts...);
  return out;
}

/// Text and markup as one piece.
template <typename... Parts>
Markup markup(const Parts&... parts) {
  Markup out;
  put(out, parts...);
  return out;
}

/// An element without content: <br> and <img>, or <path/> as SVG writes it.
void put_leaf(Markup& out, TagName tag, Attributes attributes = {});
Markup leaf(TagName tag, Attributes attributes = {});

/// A style sheet or a script of ours, as it is. A bug where it would end its own element.
void put_code(Markup& out, Code kind, std::string_view content);
/// A script that stands beside the page.
void put_script_link(Markup& out, std::string_view address);

/// What a page begins with.
void put_doctype(Markup& out);

}  // namespace angiobench::html
