// SPDX-License-Identifier: MIT
// The texts of a leaderboard's export (reports/leaderboard/export_text.h) and its entries.
//
// Byte 0 chooses: 0 the audit, 1 the audit with its chain of hashes put right first (random changes
// would stop there), 2 the marker, 3 published rows, 4 an entry and its result, parted by a zero
// byte.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "dataset/files/digest.h"
#include "dataset/error.h"
#include "reports/leaderboard/export_text.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/reports/leaderboard/sample_board.h"

namespace angiobench::test {
namespace {

using Json = nlohmann::ordered_json;

enum Choice : std::uint8_t { kAudit, kRepairedAudit, kMarker, kReported, kEntry, kNumChoices };

std::string line_of(const AuditRow& row) {
  Json line;
  line["seq"] = row.seq;
  line["time"] = row.time;
  line["action"] = row.action;
  line["run"] = row.run ? Json(*row.run) : Json();
  line["subject"] = row.subject;
  line["record"] = row.record;
  line["reason"] = row.reason;
  line["previous"] = row.previous;
  line["hash"] = row.hash;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// The same rows, each with the number and the hashes that it must have.
std::string repair_chain(std::string_view text) {
  std::string repaired;
  std::string previous;
  std::int64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Json line = Json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.is_object()) continue;
    const auto field = [&line](const char* key) {
      const auto at = line.find(key);
      return at != line.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    AuditRow row;
    row.seq = ++number;
    row.time = field("time");
    row.action = field("action");
    if (const auto run = line.find("run"); run != line.end() && run->is_number_integer())
      row.run = run->get<std::int64_t>();
    row.subject = field("subject");
    row.record = field("record");
    row.reason = field("reason");
    row.previous = previous;
    row.hash = audit_hash(row);
    previous = row.hash;
    repaired += line_of(row);
  }
  return repaired;
}

void read(Choice choice, std::string_view text) {
  switch (choice) {
    case kAudit:
      parse_audit(text, "audit.jsonl");
      return;
    case kRepairedAudit: {
      const std::string repaired = repair_chain(text);
      if (parse_audit(repaired, "audit.jsonl").empty()) std::abort();
      return;
    }
    case kMarker:
      check_export_marker(text, "leaderboard.json");
      return;
    case kReported:
      for (const ReportedRow& row : parse_reported_rows(text, "reported.jsonl")) {
        if (row.entry.facts.method.empty()) std::abort();
      }
      return;
    default: {
      const std::size_t end = text.find('\0');
      std::string meta(text.substr(0, end));
      std::string result(end == std::string_view::npos ? std::string_view{} : text.substr(end + 1));
      // The digest of the result, where the entry leaves it out.
      Json document = Json::parse(meta, nullptr, false);
      if (document.is_object() && document.contains("result") && document["result"] == "") {
        document["result"] = format_digest(sha256(result));
        meta = document.dump(-1, ' ', false, Json::error_handler_t::replace);
      }
      const BoardEntry entry = parse_entry(meta, result, "entry.json");
      if (with_time(entry, "2026-01-31T12:34:56Z").facts.time != "2026-01-31T12:34:56Z")
        std::abort();
    }
  }
}

}  // namespace

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  std::vector<std::vector<std::uint8_t>> seeds;
  const auto add = [&](Choice choice, const std::string& text) {
    seeds.push_back({choice});
    seeds.back().insert(seeds.back().end(), text.begin(), text.end());
  };
  AuditRow create;
  create.action = "create";
  create.time = "2026-05-02T00:00:00Z";
  create.subject = "{}";
  AuditRow addition = create;
  addition.action = "add";
  addition.run = 2;
  addition.subject = R"({"kind": "masks", "method": "m"})";
  addition.record = digest_of("entry");
  const std::string audit = repair_chain(line_of(create) + line_of(addition));
  add(kAudit, audit);
  add(kRepairedAudit, audit);
  add(kMarker,
      R"({"schema": "leaderboard-export-1", "store_version": 1, "audit_rows": 2, "head": "sha256:"})");
  Json row;
  row["run"] = 3;
  row["entry"] = sample_reported("m", "70.1", "69.2", "71").meta;
  add(kReported, row.dump() + "\n");
  const BoardEntry measured = sample_entry("m", 0.5);
  Json meta = Json::parse(measured.meta);
  meta["result"] = "";
  add(kEntry, meta.dump() + std::string(1, '\0') + measured.result);
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  if (size == 0 || data[0] >= test::kNumChoices) return 0;
  try {
    test::read(static_cast<test::Choice>(data[0]),
               {reinterpret_cast<const char*>(data + 1), size - 1});
  } catch (const Error& error) {
    // A chain that was put right is whole; it may only be empty.
    if (error.kind() == ErrorKind::bug) std::abort();
    if (data[0] == test::kRepairedAudit && error.found() != "is empty") std::abort();
  }
  return 0;
}
