// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

namespace kashim::host {

/// Becomes the program as execvp(3) does, in this environment; it is looked up in the PATH of our own. A null pointer
/// ends either list. Comes back only where that fails, with the errno. For the command only.
int execute(char** arguments, char** environment);

/// Our own environment, a null pointer at its end.
char** all_variables();

}  // namespace kashim::host
