// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// As sys/socket.h here.
#pragma once

#include <netinet/in.h>
