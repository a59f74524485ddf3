// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace kashim::host {

/// Reads from an offset until the memory is full or there is no more: how many bytes were got. A file, or a test's text.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<char> memory)>;

/// Of an open file, which stays open as long as the answer lives; an empty descriptor has no bytes.
ReadAt reader_of(platform::Descriptor file);

}  // namespace kashim::host
