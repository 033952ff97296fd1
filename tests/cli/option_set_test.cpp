// SPDX-License-Identifier: MIT
#include "cli/option_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include "cli/help_page.h"
#include "cli/options.h"
#include "tests/support/temp_folder.h"

namespace angiobench::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

enum class Shape { round, square };

constexpr auto kShapes = words<Shape>({{"round", Shape::round}, {"square-ish", Shape::square}});

struct Command {
  std::vector<std::string> files;
  std::string truth;
  std::string out;
  std::vector<std::string> links;
  std::vector<std::string> results;
  std::vector<int> sides{5, 7};
  std::optional<double> rate;
  std::uint64_t seed = 3;
  int window = -1;
  Shape shape = Shape::round;
  bool quick = false;
};

void bind(OptionSet& options, Command& command) {
  options.add_bare("FILE", cli::files(command.files), "what is read");
  options.add("ground-truth,g", folder(command.truth), "the truth").required("the truth's folder");
  options.add("out,o", folder(command.out), "the result");
  options.add("link", texts(command.links, "URL"), "may be repeated");
  OptionValue results = cli::files(command.results);
  results.arity = Arity::several;
  options.add("results", std::move(results), "several at once");
  options.add("sides", numbers(command.sides, {1, 3}, {1, 99, "one to three sides, 1 to 99"}),
              "sides");
  options.add("rate", number(command.rate, {0, 1}), "a share");
  options.add("seed", number(command.seed), "a seed");
  options.add("window", number(command.window, {1, 511}), "a window").field("match_window");
  options.add("shape", choice(command.shape, kShapes), "a shape");
  options.add("quick", flag(command.quick), "in haste");
  options.rule({"out", "quick"}, [&command]() -> std::string {
    return command.quick && !command.out.empty() ? "--quick writes nothing" : "";
  });
}

Parsed<Command> parse(const std::vector<std::string>& arguments) {
  return parse_command(bind, arguments);
}

std::vector<std::string> mistakes_of(const std::vector<std::string>& arguments) {
  return parse(arguments).report.mistakes;
}

TEST(OptionSet, PutsEachValueIntoItsField) {
  const auto [command, report] =
      parse({"a",         "-g",     "truth",   "--out=here", "b",
             "--link",    "x",      "--link",  "y",          "--sides",
             "1,2",       "--rate", "0.25",    "--seed",     "18446744073709551615",
             "--window",  "9",      "--shape", "square-ish", "--quick=",
             "--results", "p",      "q"});
  EXPECT_THAT(report.mistakes, ElementsAre("--quick takes no value"));
  EXPECT_THAT(command.files, ElementsAre("a", "b"));
  EXPECT_EQ(command.truth, "truth");
  EXPECT_EQ(command.out, "here");
  EXPECT_THAT(command.links, ElementsAre("x", "y"));
  EXPECT_THAT(command.results, ElementsAre("p", "q"));
  EXPECT_THAT(command.sides, ElementsAre(1, 2));
  EXPECT_EQ(command.rate, 0.25);
  EXPECT_EQ(command.seed, 18446744073709551615U);
  EXPECT_EQ(command.window, 9);
  EXPECT_EQ(command.shape, Shape::square);
}

TEST(OptionSet, LeavesFieldsAsTheyAreWhereNothingIsNamed) {
  const auto [command, report] = parse({"-g", "truth"});
  EXPECT_THAT(report.mistakes, IsEmpty());
  EXPECT_THAT(command.sides, ElementsAre(5, 7));
  EXPECT_EQ(command.window, -1);
  EXPECT_FALSE(command.rate);
  EXPECT_FALSE(command.quick);
}

TEST(OptionSet, TellsEveryMistakeAtOnce) {
  EXPECT_THAT(
      mistakes_of({"--seed", "x", "--rate", "2", "--shape", "rund", "--wndow", "4", "--sides",
                   "1,2,3,4", "--window", "0"}),
      ElementsAre("unknown option '--wndow'; did you mean '--window'?",
                  "--seed is 'x'; expected 0 or more", "--rate is 2; expected 0 to 1",
                  "--shape is 'rund'; did you mean 'round'? Expected round or square-ish",
                  "--sides is '1,2,3,4'; expected one to three sides, 1 to 99",
                  "--window is 0; expected 1 to 511", "-g (the truth's folder) is missing"));
}

TEST(OptionSet, TakesOneOptionOnceAndNoOptionWithoutItsValue) {
  EXPECT_THAT(mistakes_of({"-g", "a", "-g", "b"}), ElementsAre("--ground-truth is given twice"));
  EXPECT_THAT(mistakes_of({"-g", "a", "--out"}), ElementsAre("--out comes without its value"));
  EXPECT_THAT(mistakes_of({"--out", "x", "-g"}),
              ElementsAre("--ground-truth comes without its value"));
  EXPECT_THAT(mistakes_of({"-g", "a", "--out", "--quick"}),
              ElementsAre("--out comes without its value"));
}

TEST(OptionSet, TakesCaseAndUnderscoresAsTheyAreMeant) {
  const auto [command, report] =
      parse({"--Ground_Truth", "t", "--SHAPE=Square_Ish", "--Out=Mixed_Case"});
  EXPECT_THAT(report.mistakes, IsEmpty());
  EXPECT_EQ(command.truth, "t");
  EXPECT_EQ(command.shape, Shape::square);
  EXPECT_EQ(command.out, "Mixed_Case");
}

TEST(OptionSet, DoesNotBlameTheValueOfAnOptionThatItDoesNotKnow) {
  struct One {
    std::string file;
  };
  const auto bind_one = [](OptionSet& options, One& one) {
    options.add_bare("FILE", file(one.file), "one");
  };
  const Parsed<One> parsed = parse_command<One>(bind_one, {"a", "--colour", "red"});
  EXPECT_THAT(parsed.report.mistakes, ElementsAre("unknown option '--colour'"));
  EXPECT_THAT(parse_command<One>(bind_one, {"a", "b"}).report.mistakes,
              ElementsAre("'b' is one word too many"));
}

TEST(OptionSet, TakesEverythingAfterTwoDashesAsWords) {
  const auto [command, report] = parse({"-g", "t", "--", "--quick", "-x"});
  EXPECT_THAT(report.mistakes, IsEmpty());
  EXPECT_FALSE(command.quick);
  EXPECT_THAT(command.files, ElementsAre("--quick", "-x"));
}

TEST(OptionSet, AsksARuleOnlyWhereItsOptionsAreRight) {
  EXPECT_THAT(mistakes_of({"-g", "t", "--quick", "-o", "x"}),
              ElementsAre("--quick writes nothing"));
  EXPECT_THAT(mistakes_of({"-g", "t", "--quick", "-o", "x", "-o", "y"}),
              ElementsAre("--out is given twice"));
}

TEST(OptionSet, TellsWhatALibrarySaysOfAFieldInTheWordsOfItsFlag) {
  Command command;
  OptionSet options;
  bind(options, command);
  options.ask([] {
    return std::vector<Error>{
        Error::about(ErrorKind::usage, "match_window", "is 4", "an odd number"),
        Error::about(ErrorKind::usage, "ground_truth", "is empty")};
  });
  EXPECT_THAT(options.parse({"-g", "t", "--window", "4"}).mistakes,
              ElementsAre("--window is 4; expected an odd number", "--ground-truth is empty"));
  EXPECT_EQ(options.words_of(Error::about(ErrorKind::usage, "not_ours", "is 1", "2")),
            "not_ours is 1; expected 2");
}

TEST(OptionSet, LooksAtNothingElseWhereHelpIsAskedFor) {
  EXPECT_TRUE(parse({"--nonsense", "--help"}).report.help);
  EXPECT_TRUE(parse({"-h"}).report.help);
  EXPECT_THAT(parse({"--nonsense", "--help"}).report.mistakes, IsEmpty());
  EXPECT_FALSE(parse({"-g", "t", "--", "--help"}).report.help);
}

TEST(HelpPage, ShowsEachOptionOnceWithItsDefaultAndBareWordsAsArguments) {
  Command command;
  CommonOptions common;
  OptionSet options;
  bind(options, command);
  options.begin_topic(kLimitsTopic);
  std::uint64_t limit = 12;
  options.add("max-things", number(limit), "things at most");
  options.begin_topic("");
  add_common_options(options, common);
  const HelpPage page{{"verb", "angiobench verb A\nangiobench verb B", "Does it.", {"a  # x", "b"}},
                      options.facts()};
  const std::string help = help_text(page);
  EXPECT_THAT(help, HasSubstr("Usage: angiobench verb A\n       angiobench verb B\n\nDoes it.\n"));
  EXPECT_THAT(help, HasSubstr("Arguments:\n  FILE...                 what is read\n"));
  EXPECT_THAT(help, HasSubstr("  -g, --ground-truth DIR  the truth\n"));
  EXPECT_THAT(help, HasSubstr("  --seed N                a seed [3]\n"));
  EXPECT_THAT(help, HasSubstr("  --window N              a window\n"));
  EXPECT_THAT(help, HasSubstr("  --shape WORD            a shape [round]\n"));
  EXPECT_THAT(help, HasSubstr("Examples:\n  a  # x\n  b\n"));
  EXPECT_THAT(help, HasSubstr("--help limits"));
  EXPECT_THAT(help, Not(HasSubstr("--max-things")));
  EXPECT_THAT(help, Not(HasSubstr("--FILE")));
  EXPECT_THAT(help_text(page, kLimitsTopic),
              HasSubstr("--max-things N          things at most [12]"));
  EXPECT_THAT(options.parse({"--help", "Limits"}).topic, kLimitsTopic);
}

TEST(Words, FindTheNearestNamesFirst) {
  const std::vector<std::string> verbs = {"score", "report", "reproduce", "compare", "check"};
  EXPECT_THAT(nearest_names(verbs, "scor"), ElementsAre("score"));
  EXPECT_THAT(nearest_names(verbs, "socre"), ElementsAre("score"));
  EXPECT_THAT(nearest_names(verbs, "repo"), ElementsAre("report"));
  EXPECT_THAT(nearest_names(verbs, "re"), ElementsAre("report", "reproduce"));
  EXPECT_THAT(nearest_names(verbs, "zzz"), IsEmpty());
  EXPECT_EQ(edit_distance("Mosxav_Test", "mosxav-test"), 0U);
  EXPECT_EQ(edit_distance("abcd", "acbd"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

TEST(Words, AreTheSameWhateverTheirCaseAndNeverGuessed) {
  const std::vector<std::string> names = {"v_1", "V-1", "w-2"};
  EXPECT_EQ(resolve_name(names, "W_2"), "w-2");
  EXPECT_EQ(resolve_name(names, "v_1"), "v_1");
  EXPECT_EQ(resolve_name(names, "v-1"), std::nullopt);  // two of them
  EXPECT_EQ(resolve_name(names, "w-"), std::nullopt);
  EXPECT_EQ(kShapes.of(Shape::square), "square-ish");
  EXPECT_THROW(kShapes.read("shape", "oval"), Error);
}

// What is read and what is written, as a job binds them.
struct PathsCommand {
  std::string truth;
  std::string list;
  std::string result;
  std::string out;
  std::string json;
};

void bind_paths(OptionSet& options, PathsCommand& command) {
  options.add("truth", folder(command.truth), "is read, with all that is below it");
  options.add("list", file(command.list), "is read");
  options.add("result", file(command.result), "a result").reads_result();
  options.add("out", folder(command.out), "is written").writes();
  options.add("json", file(command.json), "is written, too").writes();
}

std::vector<std::string> mistakes_of_paths(const std::vector<std::string>& arguments) {
  return parse_command<PathsCommand>(bind_paths, arguments).report.mistakes;
}

TEST(PathRules, NothingIsWrittenIntoWhatIsRead) {
  const test::TempFolder folder;
  folder.write("truth/v00/0.png", "x");
  folder.write("list.txt", "x");
  const std::string truth = folder / "truth";
  boost::filesystem::create_directory_symlink(truth, folder / "link");
  EXPECT_THAT(mistakes_of_paths({"--truth", truth, "--out", truth + "/new/out"}),
              ElementsAre("--out is " + truth + "/new/out, which lies inside of " + truth +
                          " (--truth); expected a place outside of it"));
  for (const std::string out : {"link/out", "truth/../link", "truth/v00/0.png"})
    EXPECT_EQ(mistakes_of_paths({"--truth", truth, "--out", folder / out}).size(), 1U) << out;
  for (const std::string out : {"truthful", "out", "list", "."})
    EXPECT_THAT(mistakes_of_paths({"--truth", truth, "--out", folder / out}), IsEmpty()) << out;
}

TEST(PathRules, NothingIsWrittenOverWhatIsReadOrTwice) {
  const test::TempFolder folder;
  folder.write("list.txt", "x");
  folder.write("out/result.json", "{}");
  EXPECT_THAT(mistakes_of_paths({"--list", folder / "list.txt", "--json", folder / "./list.txt"}),
              ElementsAre(HasSubstr("is what --list reads")));
  EXPECT_THAT(mistakes_of_paths({"--out", folder / "a", "--json", folder / "a"}),
              ElementsAre(HasSubstr("is what --json writes")));
  EXPECT_THAT(mistakes_of_paths({"--json", "-", "--list", "-"}), IsEmpty());
  for (const std::string result : {"out", "out/result.json", "A=out"}) {
    const std::string named = result == "A=out" ? "A=" + (folder / "out") : folder / result;
    EXPECT_EQ(mistakes_of_paths({"--result", named, "--json", folder / "out/result.json"}).size(),
              1U);
  }
  // Something else may go into a result's folder.
  EXPECT_THAT(mistakes_of_paths({"--result", folder / "out", "--json", folder / "out/page.html"}),
              IsEmpty());
}

}  // namespace
}  // namespace angiobench::cli
