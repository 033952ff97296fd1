#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the include rules: a folder includes only what its row in README.md allows. Exit 1 and a line for each breach.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=0

# forbid PLACE PATTERN WHY: no file of PLACE (a folder, a file, or a piece without its extension) may include what PATTERN (extended regex, inside the brackets) matches.
forbid() {
  local hits places=("$1")
  [ -e "$1" ] || places=("$1".h "$1".cpp)  # a piece: header and source
  hits=$(grep -rnHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" "${places[@]}" --include='*.h' --include='*.cpp' \
    2>/dev/null || true)
  if [ -n "$hits" ]; then
    printf 'include rule broken (%s):\n%s\n' "$3" "$hits"
    failed=1
  fi
}

# Between the folders.
forbid dataset '(evaluator|baselines|reports|cli|tests)/' 'dataset/ uses none of our other folders'
forbid dataset '(torch|ATen|c10|tbb|oneapi|boost/program_options|sqlite3)' 'dataset/ has no Torch, TBB, options or SQLite'
forbid evaluator '(baselines|reports|cli|tests)/' 'evaluator/ uses dataset/ only'
forbid evaluator '(torch|ATen|c10|boost/program_options|sqlite3|opencv2)' 'evaluator/ uses dataset/ and TBB'
for file in evaluator/*.h evaluator/*.cpp evaluator/*/*.h evaluator/*/*.cpp; do
  case "$file" in evaluator/scoring/submission.*) continue ;; esac  # the library's entry asks the validator, as the program does
  forbid "$file" 'dataset/(validator|submission|media|synth)/' 'evaluator/ knows masks, not who judges or packs them'
done
forbid evaluator/scoring/submission 'dataset/(submission|media|synth)/' 'who scores a submission packs and draws nothing'
forbid baselines '(evaluator|reports|cli|tests)/' 'baselines/ never scores'
forbid baselines '(boost/program_options|sqlite3)' 'options are parsed in cli/ only'
forbid reports '(baselines|cli|tests)/' 'reports/ uses the evaluator only'
forbid reports '(torch|ATen|c10|tbb|oneapi|opencv2|boost/program_options)' 'reports/ has no OpenCV, Torch or TBB'
forbid python '(baselines|cli|tests)/' 'python/ binds the libraries and no verb'
forbid python '(torch|ATen|c10|tbb|oneapi|opencv2|sqlite3|nlohmann|boost)' 'python/ converts and calls'
for shelf in dataset evaluator reports baselines cli; do
  forbid "$shelf" '(python/|pybind11|Python\.h)' 'nothing but python/ knows Python'
done
forbid cli 'tests/' 'nothing uses tests/'
forbid cli '(torch|ATen|c10|tbb|oneapi|sqlite3)' 'cli/ parses, calls and prints'

# Between the shelves of dataset/: ground < files < benchmark and index < masks < submission, validator < media < synth.
# The ground are the headers beside the shelves that know no file: error, finding, finding_codes, frame_values, names, parallel, progress, words.
for ground in error finding finding_codes frame_values names parallel progress words; do
  forbid "dataset/$ground" 'dataset/(files|masks|submission|validator|media|synth)/|dataset/(benchmark|sequence_index)' \
    'the ground of dataset/ stands on nothing'
done
forbid dataset/files 'dataset/(masks|submission|validator|media|synth)/|dataset/(benchmark|sequence_index)' \
  'files know no masks and no benchmarks'
forbid dataset/plan 'dataset/(masks|submission|validator|media|synth)/|dataset/(benchmark|sequence_index)' \
  'a plan is items with costs, whatever they are'
for index in benchmark benchmark_sketch sequence_index; do
  forbid "dataset/$index" 'dataset/(submission|validator|media|synth)/' 'who says what is there judges nothing'
done
forbid dataset/volumes 'dataset/(masks|exchange|annotation|submission|validator|media|synth|dicom)/|dataset/(benchmark|sequence_index)' \
  'a volume is samples, whatever they mean'
forbid dataset/masks 'dataset/(exchange|submission|validator|media|synth)/' 'who reads a mask does not judge it'
forbid dataset/annotation 'dataset/(exchange|submission|validator|media|synth)/' "who merges an export's masks judges nothing"
for shelf in files masks; do
  forbid "dataset/$shelf" 'dataset/annotation/' 'who reads a mask knows no export'
done
forbid dataset/submission 'dataset/(validator|media|synth)/' 'packing judges nothing and draws nothing'
forbid dataset/exchange 'dataset/(submission|validator|media|synth)/' 'what is exchanged is neither judged nor drawn'
forbid dataset/validator 'dataset/(media|synth)/' 'the validator needs no OpenCV'
forbid dataset/media 'dataset/(submission|validator|synth)/' 'frames know nothing of judging and drawing'
forbid dataset/dicom 'dataset/(submission|validator|synth)/' 'a cine is frames: it judges and draws nothing'
for shelf in files volumes masks exchange submission validator media synth; do
  forbid "dataset/$shelf" 'gdcm|dataset/dicom/' 'GDCM stays in dataset/dicom'
done
for shelf in files volumes masks exchange submission validator; do
  forbid "dataset/$shelf" 'opencv2' 'OpenCV stays in dataset/media and dataset/synth'
done
for file in dataset/*.h dataset/*.cpp; do
  forbid "$file" 'opencv2|dataset/(media|synth)/' 'OpenCV stays in dataset/media and dataset/synth'
done

# Between the shelves of evaluator/: kernels < counting < vessel, classes < protocol, result < comparing < scoring < plan.
forbid evaluator/kernels 'evaluator/(counting|vessel|classes|scoring|comparing)/|evaluator/[a-z_]*\.h' 'kernels know bits only'
forbid evaluator/counting 'evaluator/(vessel|classes|scoring|comparing)/|evaluator/[a-z_]*\.h' 'counting knows no rules'
for shelf in vessel classes; do
  forbid "evaluator/$shelf" 'evaluator/(scoring|comparing)/|evaluator/(protocol|result|measures?|metric)\.h' \
    'shapes and classes are counted and valued without rules'
done
forbid evaluator/vessel 'evaluator/classes/' 'a pair of masks knows no classes'
forbid evaluator/comparing 'evaluator/(plan|scoring|kernels|vessel|classes)/' 'comparing knows results only'
forbid evaluator/scoring 'evaluator/plan/' 'who scores does not know where counts were kept'
for file in evaluator/*.h evaluator/*.cpp; do
  forbid "$file" 'evaluator/(plan|scoring|comparing|kernels)/' 'what a score is does not know how it is made'
done

# Between the shelves of reports/: text writers < leaderboard (a store and its views as tables) < html < runs (a submission
# scored and written) < platforms. A page may ask
# the board for its views; nobody below asks for a page, and HTML is escaped in one place.
for file in reports/*.h reports/*.cpp; do
  forbid "$file" 'reports/(html|runs|platforms)/' 'writers of text know no pages'
done
forbid reports/html 'reports/(runs|platforms)/' 'pages do not know who asks for them'
forbid reports/leaderboard 'reports/(runs|platforms)/' 'the board takes results and makes none'
forbid reports/runs 'reports/platforms/' 'a run knows no platform'
forbid reports/leaderboard 'reports/html/' 'the board is a store with views; its pages stand in reports/html'
hits=$(grep -rnE 'escape_html' reports cli --include='*.h' --include='*.cpp' | grep -vE '^reports/(escape|html/element)\.' || true)
[ -z "$hits" ] || { printf 'HTML is escaped by reports/html/element alone:\n%s\n' "$hits"; failed=1; }
tags='/[a-z]|(a|b|code|dd|div|dl|figure|h[1-6]|html|li|main|nav|ol|p|path|pre|section|span|svg|table|tbody|td|th|thead|tr|ul)[ >\\]'
hits=$(grep -rnE "<($tags)" reports/html --include='*.cpp' --include='*.h' | grep -vE '^reports/html/element\.cpp|:[[:space:]]*(//|#include)' || true)
[ -z "$hits" ] || { printf 'a tag is written by hand; reports/html/element.h writes it:\n%s\n' "$hits"; failed=1; }

# Torch and TBB stay out of headers that other folders include.
for folder in dataset evaluator reports cli python; do
  hits=$(grep -rnE '^#include <(torch|ATen|c10|tbb|oneapi)' "$folder" --include='*.h' || true)
  [ -z "$hits" ] || { printf 'a header shows Torch or TBB:\n%s\n' "$hits"; failed=1; }
done

# One SPDX line a file, and #pragma once in every header.
while IFS= read -r file; do
  head -2 "$file" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$file: no SPDX line"; failed=1; }
done < <(git ls-files '*.h' '*.cpp' '*.cmake' '*CMakeLists.txt' '*.sh' '*.py' 2>/dev/null)
while IFS= read -r file; do
  grep -q '^#pragma once' "$file" || { echo "$file: no #pragma once"; failed=1; }
done < <(git ls-files '*.h' 2>/dev/null)
exit $failed
