// SPDX-License-Identifier: MIT
#include "tests/support/croissant_rules.h"

#include <map>
#include <regex>
#include <set>

namespace angiobench::test {
namespace {

using Json = nlohmann::json;

class Checker {
 public:
  explicit Checker(const Json& document) : document_(document) {}

  std::vector<std::string> run() {
    if (!document_.is_object()) return {"the document is no object"};
    collect_ids(document_);
    check_dataset();
    check_context();
    for (const Json& resource : list_of(document_, "distribution")) check_resource(resource);
    for (const Json& set : list_of(document_, "recordSet")) check_records(set);
    check_references(document_);
    return broken_;
  }

 private:
  void fail(const std::string& what) { broken_.push_back(what); }

  static std::vector<Json> list_of(const Json& object, const char* name) {
    if (!object.contains(name)) return {};
    const Json& value = object[name];
    return value.is_array() ? value.get<std::vector<Json>>() : std::vector<Json>{value};
  }
  static std::string text_of(const Json& object, const char* name) {
    return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
  }
  void need_text(const Json& object, const char* name, const std::string& where) {
    if (text_of(object, name).empty()) fail(where + " has no " + name);
  }
  static bool is_url(const std::string& text) {
    return std::regex_match(text, std::regex("https?://[^\\s\"<>]+"));
  }

  // An object with an @id and more than that defines it.
  void collect_ids(const Json& value) {
    if (value.is_object()) {
      if (value.contains("@id") && value.contains("@type") && value["@id"].is_string() &&
          !ids_.insert(value["@id"].get<std::string>()).second)
        fail("the @id " + value["@id"].get<std::string>() + " stands twice");
      for (const auto& [key, inner] : value.items()) {
        if (key != "@context" && key != "data" && key != "examples") collect_ids(inner);
      }
    } else if (value.is_array()) {
      for (const Json& inner : value) collect_ids(inner);
    }
  }
  void check_references(const Json& value) {
    if (value.is_object()) {
      const bool is_reference = value.size() == 1 && value.contains("@id");
      if (is_reference && !ids_.contains(value["@id"].get<std::string>()))
        fail("a reference to " + value["@id"].get<std::string>() + ", which is not there");
      for (const auto& [key, inner] : value.items()) {
        if (key != "@context" && key != "data") check_references(inner);
      }
    } else if (value.is_array()) {
      for (const Json& inner : value) check_references(inner);
    }
  }

  void check_dataset() {
    for (const char* const name : {"name", "description", "url", "datePublished"})
      need_text(document_, name, "the dataset");
    if (text_of(document_, "@type") != "sc:Dataset") fail("the @type is not sc:Dataset");
    if (text_of(document_, "conformsTo") != "http://mlcommons.org/croissant/1.0")
      fail("it does not say that it conforms to 1.0");
    if (list_of(document_, "license").empty()) fail("the dataset has no license");
    for (const Json& license : list_of(document_, "license")) {
      if (!license.is_string() || !is_url(license.get<std::string>())) fail("a license is no URL");
    }
    if (!is_url(text_of(document_, "url"))) fail("the url is none");
    if (!std::regex_match(text_of(document_, "datePublished"),
                          std::regex("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")))
      fail("the date of publication is no date");
    if (list_of(document_, "creator").empty()) fail("the dataset has no creator");
    for (const Json& creator : list_of(document_, "creator")) {
      const std::string type = creator.is_object() ? text_of(creator, "@type") : "";
      if (type != "sc:Person" && type != "sc:Organization")
        fail("a creator is neither a person nor an organisation");
      else
        need_text(creator, "name", "a creator");
    }
    if (document_.contains("version") &&
        !std::regex_match(text_of(document_, "version"), std::regex("[0-9]+\\.[0-9]+\\.[0-9]+")))
      fail("the version is not MAJOR.MINOR.PATCH");
    if (document_.contains("isLiveDataset") && !document_["isLiveDataset"].is_boolean())
      fail("isLiveDataset is no boolean");
    if (list_of(document_, "distribution").empty()) fail("the dataset has no distribution");
  }

  // Terms of the vocabulary are known by the context: what is not, would be schema.org's.
  void check_context() {
    if (!document_.contains("@context") || !document_["@context"].is_object()) {
      fail("there is no @context");
      return;
    }
    const Json& context = document_["@context"];
    const std::map<std::string, std::string> fixed = {{"@vocab", "https://schema.org/"},
                                                      {"cr", "http://mlcommons.org/croissant/"},
                                                      {"dct", "http://purl.org/dc/terms/"},
                                                      {"sc", "https://schema.org/"},
                                                      {"conformsTo", "dct:conformsTo"}};
    for (const auto& [key, value] : fixed) {
      if (text_of(context, key.c_str()) != value) fail("the @context has another " + key);
    }
    for (const char* const term :
         {"recordSet", "field", "source", "extract", "fileProperty", "fileSet", "includes", "regex",
          "transform", "key", "citeAs", "isLiveDataset"}) {
      if (text_of(context, term) != "cr:" + std::string(term))
        fail("the @context does not know " + std::string(term));
    }
    if (!context.contains("data") || context["data"].value("@type", "") != "@json")
      fail("the @context does not say that data is JSON");
    if (!context.contains("dataType") || context["dataType"].value("@type", "") != "@vocab")
      fail("the @context does not say that dataType is of a vocabulary");
  }

  void check_resource(const Json& resource) {
    const std::string id = text_of(resource, "@id");
    const std::string where = "the resource '" + id + "'";
    const std::string type = text_of(resource, "@type");
    need_text(resource, "@id", "a resource");
    need_text(resource, "name", where);
    need_text(resource, "encodingFormat", where);
    if (!std::regex_match(text_of(resource, "encodingFormat"), std::regex("[a-z]+/[a-z0-9.+-]+")))
      fail(where + " has a format that is no media type");
    if (type == "cr:FileObject") {
      need_text(resource, "contentUrl", where);
      const bool is_inside = resource.contains("containedIn");
      const bool has_digest = resource.contains("sha256") || resource.contains("md5");
      if (!is_inside && !has_digest) fail(where + " has no digest");
      if (resource.contains("sha256") &&
          !std::regex_match(text_of(resource, "sha256"), std::regex("[0-9a-f]{64}")))
        fail(where + " has a sha256 that is none");
    } else if (type == "cr:FileSet") {
      need_text(resource, "includes", where);
      file_sets_.insert(id);
    } else {
      fail(where + " is neither a FileObject nor a FileSet");
    }
  }

  void check_records(const Json& set) {
    const std::string id = text_of(set, "@id");
    if (text_of(set, "@type") != "cr:RecordSet") fail("'" + id + "' is no RecordSet");
    std::map<std::string, std::string> types;
    for (const Json& field : list_of(set, "field")) {
      const std::string name = text_of(field, "@id");
      if (text_of(field, "@type") != "cr:Field") fail("'" + name + "' is no Field");
      if (!name.starts_with(id + "/")) fail("the field '" + name + "' is not called by its set");
      const std::vector<Json> of = list_of(field, "dataType");
      if (of.empty()) fail("the field '" + name + "' has no type");
      types[name] = of.empty() ? "" : of.front().get<std::string>();
      if (!set.contains("data")) check_source(field, name);
    }
    if (types.empty()) fail("'" + id + "' has no field");
    for (const Json& key : list_of(set, "key")) {
      if (!key.is_object() || !types.contains(text_of(key, "@id")))
        fail("the key of '" + id + "' is none of its fields");
    }
    if (set.contains("data")) check_data(set["data"], types, id);
  }

  void check_source(const Json& field, const std::string& name) {
    if (!field.contains("source")) {
      fail("the field '" + name + "' has no source");
      return;
    }
    const Json& source = field["source"];
    const bool is_of_set =
        source.contains("fileSet") && file_sets_.contains(text_of(source["fileSet"], "@id"));
    if (!is_of_set) fail("the field '" + name + "' is of no file set");
    static const std::set<std::string> kProperties = {"fullpath", "filename", "content", "lines",
                                                      "lineNumbers"};
    const std::string property =
        source.contains("extract") ? text_of(source["extract"], "fileProperty") : "";
    if (!kProperties.contains(property))
      fail("the field '" + name + "' extracts no property of a file");
    if (!source.contains("transform")) return;
    try {
      const std::regex pattern(text_of(source["transform"], "regex"));
      if (pattern.mark_count() != 1) fail("the regex of '" + name + "' has not one group");
    } catch (const std::regex_error&) {
      fail("the regex of '" + name + "' is none");
    }
  }

  void check_data(const Json& data, const std::map<std::string, std::string>& types,
                  const std::string& id) {
    if (!data.is_array() || data.empty()) {
      fail("the data of '" + id + "' is no list of records");
      return;
    }
    for (const Json& record : data) {
      std::set<std::string> keys;
      for (const auto& [key, value] : record.items()) {
        keys.insert(key);
        const auto type = types.find(key);
        if (type == types.end()) continue;
        const bool fits = type->second == "sc:Text"      ? value.is_string()
                          : type->second == "sc:Integer" ? value.is_number_integer()
                                                         : true;
        if (!fits) fail("a value of '" + key + "' is not " + type->second);
      }
      std::set<std::string> expected;
      for (const auto& [name, type] : types) expected.insert(name);
      if (keys != expected) fail("a record of '" + id + "' has not the fields of its set");
    }
  }

  const Json& document_;
  std::set<std::string> ids_;
  std::set<std::string> file_sets_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_croissant_rules(const nlohmann::json& document) {
  return Checker(document).run();
}

}  // namespace angiobench::test
