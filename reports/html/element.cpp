// SPDX-License-Identifier: MIT
#include "reports/html/element.h"

#include <algorithm>
#include <array>

#include "dataset/error.h"
#include "reports/escape.h"

namespace angiobench::html {
namespace {

// HTML's elements that have no end tag, of those that our pages use.
constexpr std::array<std::string_view, 5> kVoidTags = {"br", "img", "input", "link", "meta"};

// Whether an address may be followed: within the page, beside it, on the web, or an image that it
// carries. Others ("javascript:") could come from a submission's links.
bool is_followed(std::string_view address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string_view::npos || address.find_first_of("/?#") < colon) return true;
  constexpr std::array<std::string_view, 5> kKnown = {"https:", "http:", "mailto:", "data:image/",
                                                      "data:,"};
  return std::ranges::any_of(
      kKnown, [address](std::string_view known) { return address.starts_with(known); });
}

}  // namespace

void Markup::append_text(std::string_view text) { text_ += escape_html(text); }

void Markup::open(TagName tag, Attributes attributes) {
  text_.append("<").append(tag.text());
  for (const Attribute& attribute : attributes) {
    if (attribute.form_ == Attribute::Form::absent) continue;
    text_.append(" ").append(attribute.name_);
    if (attribute.form_ == Attribute::Form::bare) continue;
    const bool is_address = attribute.name_ == "href" || attribute.name_ == "src";
    const std::string_view value =
        is_address && !is_followed(attribute.value_) ? "#" : attribute.value_;
    text_.append("=\"").append(escape_html_attribute(value)).append("\"");
  }
  text_.append(">");
}

void Markup::close(TagName tag) { text_.append("</").append(tag.text()).append(">"); }

void Markup::leaf(TagName tag, Attributes attributes) {
  open(tag, attributes);
  if (std::ranges::find(kVoidTags, tag.text()) == kVoidTags.end())
    text_.insert(text_.size() - 1, "/");
}

void put_leaf(Markup& out, TagName tag, Attributes attributes) { out.leaf(tag, attributes); }

Markup leaf(TagName tag, Attributes attributes) {
  Markup out;
  put_leaf(out, tag, attributes);
  return out;
}

void put_code(Markup& out, Code kind, std::string_view content) {
  const std::string_view tag = kind == Code::style ? "style" : "script";
  expects(content.find("</") == std::string_view::npos, "a style or a script ends no element");
  out.text_.append("<").append(tag).append(">").append(content);
  out.text_.append("</").append(tag).append(">");
}

void put_script_link(Markup& out, std::string_view address) {
  out.text_.append("<script defer src=\"").append(escape_html_attribute(address));
  out.text_.append("\"></script>");
}

void put_doctype(Markup& out) { out.text_ += "<!DOCTYPE html>\n"; }

}  // namespace angiobench::html
