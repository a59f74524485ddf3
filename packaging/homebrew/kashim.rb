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

  # Side by side in libexec: below lib they would take the versioned folder's own etc for the place of the configuration,
  # which Homebrew keeps in #{etc}.
  def install
    system "cmake", "-S", ".", "-B", "build", "-DCMAKE_INSTALL_SYSCONFDIR=#{etc}", *std_cmake_args
    system "cmake", "--build", "build"
    libexec.install "build/kashim", "build/libkashim.dylib"
    bin.install_symlink libexec/"kashim"
    (etc/"kashim").install "config/kashim.toml" unless (etc/"kashim/kashim.toml").exist?
    man1.install "packaging/man/kashim.1"
    man5.install "packaging/man/kashim.toml.5"
    man7.install "packaging/man/libkashim.so.7"
    bash_completion.install "packaging/completions/kashim.bash" => "kashim"
    fish_completion.install "packaging/completions/kashim.fish"
    zsh_completion.install "packaging/completions/_kashim"
  end

  def caveats
    <<~TEXT
      For property lists: DYLD_INSERT_LIBRARIES=#{opt_libexec}/libkashim.dylib
      A program whose list names it does not start once it is removed: take it out of them first.
    TEXT
  end

  test do
    assert_match "kashim #{version}", shell_output("#{bin}/kashim --version")
    # A program of the system would be refused.
    assert_match "DYLD_INSERT_LIBRARIES", shell_output("#{bin}/kashim run --dry-run #{bin}/kashim")
  end
end
