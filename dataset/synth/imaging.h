// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/synth/raster.h"

namespace angiobench::synth {

/// The detector and what comes between it and the screen.
struct ImagingOptions {
  /// Detected per pixel where the intensity is the frame's mean (fluoroscopy: 50 to 200)
  double photons = 900;
  double electronic = 3;        // standard deviation of the read-out noise, in photons
  double scatter = 0.45;        // scattered over primary intensity, behind an anti-scatter grid
  double scatter_width = 0.12;  // standard deviation of its spread, in image widths
  double glare = 0.06;          // share of the light that strays in the detector
  double glare_width = 0.03;    // its spread, in image widths
  double sharpness = 0.6;       // standard deviation of the detector's blur, pixels
  double flatten = 0.45;        // share of the slow brightness that processing takes away
  double enhance = 0.5;         // strength of the edge enhancement
  double black = 0.6;   // half the range of the display, in units of the processed log image
  double level = 0.45;  // grey of the mean brightness, 0..1
};

/// Beer-Lambert: exp(-attenuation), with the unattenuated beam 1.
Image transmitted(const Image& attenuation);

/// What the detector counts, in photons: scatter and glare are added, quanta are counted (a normal
/// distribution of the Poisson's variance), the scintillator blurs signal and noise alike, the
/// read-out adds its own noise.
Image detected(const Image& intensity, const ImagingOptions& options, std::uint64_t seed);

/// The screen: logarithm, slow brightness taken down, edges raised, 8-bit grey. Darker where more
/// is absorbed. `reference` is the mean of the log counts that is shown at `level`.
std::vector<std::uint8_t> displayed(const Image& counts, const ImagingOptions& options,
                                    double reference);

/// The screen of digital subtraction angiography: the logarithm of the counts less that of the
/// counts without medium, 8-bit grey. Dark where medium is, a light even grey elsewhere.
std::vector<std::uint8_t> subtracted(const Image& counts, const Image& plain);

/// Mean of the log counts inside of the shutters: the reference of a sequence is taken from its
/// first frame.
double log_reference(const Image& counts, const Image& shutters);

}  // namespace angiobench::synth
