// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "evaluator/result.h"

namespace angiobench {

/// A name of a metric for programs that take letters, digits, "_", "-" and "." only:
/// "J_and_F/overall", "J_dot/seen".
std::string tracking_key(const Metric& metric, Scope scope);

/// What a Hugging Face model card says of evaluations: YAML front matter with "model-index" (task,
/// dataset, metrics, source), values as the community prints them. `url` is where the result can be
/// seen; empty: no source. Throws Error{inconclusive} with `path` where the result is not complete:
/// a card would show it as the data set's score.
std::string huggingface_card(const Result& result, const std::string& url, const std::string& path);

/// A run for MLflow: {"metrics": {key: number}, "params": {key: text}, "tags": {key: text}}, for
/// mlflow.log_metrics, log_params and set_tags. Fractions as in result.json; a metric without a
/// value is left out and named in a tag. Keys as MLflow takes them (tracking_key); a result that is
/// not complete says so in a tag.
std::string mlflow_run(const Result& result);

}  // namespace angiobench
