// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A library with nothing in it: the least that any preloaded one can cost.
int kashim_bench_nothing;
