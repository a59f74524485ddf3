// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// As sys/socket.h here.
#pragma once

extern "C" int proc_pidfdinfo(int, int, int, void*, int);
