// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/root.h"

#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

// PHP before 8.5 loads its extensions with RTLD_DEEPBIND (DL_LOAD in Zend/zend_portability.h): what they call is found in
// their own libraries first, past every preloaded one. Some distributions remove the flag from older versions (Debian from
// 8.4), and the binary does not tell. PHP's own sockets (streams, mysqlnd) are reached, and so are
// extensions that were compiled in.

/// The folder of extensions that a PHP binary has built in: an absolute path that ends with the number of the module
/// interface, such as /usr/lib/php/20220829. Empty where there is none.
std::string php_extension_folder(std::string_view binary);

/// Whether the PHP that such a folder belongs to may load with RTLD_DEEPBIND: by the number, up to that of 8.4.
bool binds_deep(std::string_view extension_folder);

/// The extensions in the folder that connect by themselves or through libraries of their own.
std::vector<std::string> escaping_extensions(const std::string& folder, const host::Root& root);

/// Those that a process has loaded, by the files that are mapped into it.
std::vector<std::string> escaping_extensions(const std::vector<std::string>& mapped);

}  // namespace kashim::reach
