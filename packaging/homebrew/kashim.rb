# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# A formula for Homebrew that has not been run: no Mac has built it yet. It has no release to fetch, so it takes a copy of
# the sources:
#
#   git archive --prefix=kashim-0.1.0/ -o kashim-0.1.0.tar.gz HEAD
#   shasum -a 256 kashim-0.1.0.tar.gz
#   (url and sha256 below)
#   brew install --build-from-source ./packaging/homebrew/kashim.rb
class Kashim < Formula
  desc "TCP keepalive for programs that nobody can change"
  url "file:///FOLDER/kashim-0.1.0.tar.gz"
  sha256 "0" * 64
  license "MIT"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "nlohmann-json" => :build
  depends_on "tomlplusplus" => :build
  depends_on "fmt"
  depends_on macos: :big_sur

  # The configuration is in Homebrew's own etc, for every version.
  def install
    system "cmake", "-S", ".", "-B", "build", "-DCMAKE_INSTALL_SYSCONFDIR=#{etc}", "-DKASHIM_COMPILE_ON_INSTALL=OFF",
           *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  def caveats
    <<~TEXT
      For property lists: DYLD_INSERT_LIBRARIES=#{opt_lib}/libkashim.dylib
      A program whose list names it does not start once it is removed: take it out of them first.
    TEXT
  end

  test do
    assert_match "kashim #{version}", shell_output("#{bin}/kashim --version")
    # A program of the system would be refused.
    assert_match "DYLD_INSERT_LIBRARIES", shell_output("#{bin}/kashim run --dry-run #{bin}/kashim")
  end
end
