// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace kashim::policy {

/// Whether a block that came from outside of the process is a Table that can be asked: every offset, number and value in
/// it is within its bounds, whoever wrote it. What it decides may still be nonsense. The block must be aligned to 8.
/// Takes time in proportion to its size.
bool is_sound(std::span<const std::byte> block);

}  // namespace kashim::policy
