// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

namespace kashim::platform {

/// What dlsym(RTLD_NEXT, name) finds, without dlsym: the function of that name in the first object that was loaded
/// behind the one this code is part of. Null where there is none. Allocates nothing; takes the loader's lock, as dlsym
/// does.
void* next_function(const char* name);

}  // namespace kashim::platform
