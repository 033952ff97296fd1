// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/error.h"

namespace angiobench {

// What a network file system or a full disk does to one task of many passes by itself: such a task
// waits and tries again, and what fails for good says with its kind that a scheduler may run it
// once more. Whoever runs by hand hears of trouble at once.

/// Whether a failure of the system may pass: EIO, ESTALE, ENOSPC, ETIMEDOUT.
bool may_pass(int error);

/// While one lives, failures that may pass are waited for, in the whole program.
class PatientWithSystem {
 public:
  PatientWithSystem();
  ~PatientWithSystem();
  PatientWithSystem(const PatientWithSystem&) = delete;
  PatientWithSystem& operator=(const PatientWithSystem&) = delete;
};

/// The tries of one call of the system: three more, after 1, 4 and 16 s.
class Tries {
 public:
  /// After a call that failed with `error`: waits and returns true where it is to be made again.
  bool again(int error);

 private:
  int num_waits_ = 0;
};

/// Of what kind an Error about a failed call is: passing where failures are waited for and this one
/// may pass, else input.
ErrorKind kind_of_failure(int error);

}  // namespace angiobench
