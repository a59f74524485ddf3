// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/bytes.h"
#include "reach/macho_image.h"

namespace kashim::reach {
namespace {

using namespace std::string_view_literals;

// osfmk/kern/cs_blobs.h. Everything in a signature is big-endian.
constexpr std::uint32_t kSuperBlob = 0xfade0cc0;
constexpr std::uint32_t kCodeDirectory = 0xfade0c02;
constexpr std::uint32_t kEntitlements = 0xfade7171;     // a property list
constexpr std::uint32_t kDerEntitlements = 0xfade7172;  // the same in DER, beside it since macOS 12
constexpr std::uint32_t kRestrict = 0x800;
constexpr std::uint32_t kRequireLibraryValidation = 0x2000;
constexpr std::uint32_t kRuntime = 0x10000;

constexpr std::size_t kSuperBlobHead = 12;  // magic, length, count
constexpr std::size_t kIndexEntry = 8;      // type, offset
constexpr std::size_t kBlobHead = 8;        // magic, length
constexpr std::size_t kDirectoryHead = 44;
constexpr std::size_t kFlags = 12;
constexpr std::size_t kPlatform = 38;

// No file has a reason to pass these bounds.
constexpr std::size_t kMostBlobs = 16;
constexpr std::size_t kMostEntitlements = 1 << 20;

std::uint32_t word(std::string_view bytes, std::size_t at)
{
    return number_in<std::uint32_t>(bytes, at, std::endian::big);
}

// <key>NAME</key> <true/>, or in DER the text and then BOOLEAN TRUE.
bool is_true(std::string_view entitlements, std::string_view name)
{
    for (auto at = entitlements.find(name); at != std::string_view::npos; at = entitlements.find(name, at + 1)) {
        std::string_view rest = entitlements.substr(at + name.size());
        if (rest.starts_with("\x01\x01\xff"sv))
            return true;
        constexpr std::string_view kKey = "<key>";
        constexpr std::string_view kEnd = "</key>";
        if (at < kKey.size() || entitlements.substr(at - kKey.size(), kKey.size()) != kKey || !rest.starts_with(kEnd))
            continue;
        rest.remove_prefix(kEnd.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        if (rest.starts_with("<true"))
            return true;
    }
    return false;
}

void read_directory(std::string_view directory, CodeSignature& signature)
{
    const std::uint32_t flags = word(directory, kFlags);
    signature.present = true;
    // One of several directories (for each kind of hash one) is the one that counts; they say the same.
    signature.restricted = signature.restricted || (flags & kRestrict) != 0;
    signature.library_validation = signature.library_validation || (flags & kRequireLibraryValidation) != 0;
    signature.hardened = signature.hardened || (flags & kRuntime) != 0;
    signature.platform = signature.platform || number_in<std::uint8_t>(directory, kPlatform, std::endian::big) != 0;
}

void read_entitlements(std::string_view text, CodeSignature& signature)
{
    const auto take = [text](bool& member, std::string_view name) { member = member || is_true(text, name); };
    take(signature.allows_variables, "com.apple.security.cs.allow-dyld-environment-variables");
    take(signature.any_library, "com.apple.security.cs.disable-library-validation");
    take(signature.sandbox, "com.apple.security.app-sandbox");
}

}  // namespace

CodeSignature read_code_signature(const host::ReadAt& read)
{
    CodeSignature signature;
    const std::string head = bytes_at(read, 0, kSuperBlobHead, kSuperBlobHead);
    if (word(head, 0) != kSuperBlob)
        return signature;
    const std::size_t count = std::min<std::size_t>(word(head, 8), kMostBlobs);
    const std::string index = bytes_at(read, kSuperBlobHead, count * kIndexEntry, kMostBlobs * kIndexEntry);
    for (std::size_t at = 0; at + kIndexEntry <= index.size(); at += kIndexEntry) {
        const std::uint32_t offset = word(index, at + 4);
        const std::string blob = bytes_at(read, offset, kDirectoryHead, kDirectoryHead);
        const std::uint32_t magic = word(blob, 0);
        const std::uint32_t length = word(blob, 4);
        if (magic == kCodeDirectory && blob.size() == kDirectoryHead)
            read_directory(blob, signature);
        if ((magic == kEntitlements || magic == kDerEntitlements) && length > kBlobHead)
            read_entitlements(bytes_at(read, std::uint64_t{offset} + kBlobHead, length - kBlobHead, kMostEntitlements),
                              signature);
    }
    return signature;
}

}  // namespace kashim::reach
