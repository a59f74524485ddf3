// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/macho.h"

namespace kashim::test {
namespace {

constexpr std::size_t kPage = 4096;

class Bytes {
public:
    explicit Bytes(bool big_endian) : big_endian_(big_endian) {}

    Bytes& word(std::uint64_t number, std::size_t size = 4)
    {
        for (std::size_t i = 0; i < size; ++i)
            text_ += static_cast<char>(number >> (8 * (big_endian_ ? size - 1 - i : i)));
        return *this;
    }
    Bytes& text(std::string_view text, std::size_t size)
    {
        text_ += text;
        text_.resize(text_.size() + size - text.size());
        return *this;
    }
    Bytes& zeros(std::size_t count)
    {
        text_.resize(text_.size() + count);
        return *this;
    }
    const std::string& bytes() const { return text_; }

private:
    bool big_endian_;
    std::string text_;
};

std::string blob(std::uint32_t magic, std::string_view payload)
{
    return Bytes(true).word(magic).word(8 + payload.size()).bytes() + std::string(payload);
}

// version, flags, seven words, hash size, hash type, platform, page size, spare
std::string directory(const Signature& signature)
{
    return blob(0xfade0c02, Bytes(true)
                                .word(0x20400)
                                .word(signature.flags)
                                .zeros(5 * 4)
                                .word(32, 1)
                                .word(2, 1)
                                .word(signature.platform, 1)
                                .word(12, 1)
                                .zeros(4)
                                .bytes());
}

std::string super_blob(const std::vector<Signature>& signatures)
{
    std::vector<std::string> blobs;
    for (const Signature& signature : signatures) {
        blobs.push_back(directory(signature));
        if (!signature.entitlements.empty())
            blobs.push_back(blob(0xfade7171, signature.entitlements));
        if (!signature.der_entitlements.empty())
            blobs.push_back(blob(0xfade7172, signature.der_entitlements));
    }
    Bytes index(true);
    std::string all;
    for (std::size_t i = 0; i < blobs.size(); ++i) {
        index.word(i).word(12 + 8 * blobs.size() + all.size());
        all += blobs[i];
    }
    const std::string body = index.bytes() + all;
    return Bytes(true).word(0xfade0cc0).word(12 + body.size()).word(blobs.size()).bytes() + body;
}

}  // namespace

std::string Slice::bytes() const
{
    const auto start = [this] { return Bytes(big_endian); };
    std::vector<std::string> commands;
    if (!section.empty()) {
        const std::size_t address = wide ? 8 : 4;
        Bytes segment = start();
        segment.word(wide ? 0x19 : 0x1).word((wide ? 72 : 56) + (wide ? 80u : 68u)).text("__RESTRICT", 16);
        segment.zeros(4 * address + 8).word(1).zeros(4);
        segment.text(section, 16).text("__RESTRICT", 16).zeros(wide ? 48 : 36);
        commands.push_back(segment.bytes());
    }
    if (dynamic)
        commands.push_back(start().word(0xe).word(32).word(12).text("/usr/lib/dyld", 20).bytes());
    const std::string signature = signatures.empty() ? std::string() : super_blob(signatures);
    if (!signature.empty())
        commands.push_back(start().word(0x1d).word(16).word(kPage).word(signature.size()).bytes());
    std::string all;
    for (const std::string& command : commands)
        all += command;
    std::string file = start()
                           .word(wide ? 0xfeedfacf : 0xfeedface)
                           .word(cpu)
                           .word(subtype)
                           .word(kind)
                           .word(commands.size())
                           .word(all.size())
                           .word(0)
                           .zeros(wide ? 4 : 0)
                           .bytes() +
                       all;
    file.resize(kPage);
    return file + signature;
}

std::string entitlement(std::string_view name, bool value)
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n\t<key>" + std::string(name) +
           "</key>\n\t<" + (value ? "true" : "false") + "/>\n</dict>\n</plist>\n";
}

std::string universal(const std::vector<std::string>& slices, bool wide)
{
    Bytes header(true);
    header.word(wide ? 0xcafebabf : 0xcafebabe).word(slices.size());
    std::string all;
    for (const std::string& slice : slices) {
        const std::size_t offset = kPage + all.size();
        header.zeros(8).word(offset, wide ? 8 : 4).word(slice.size(), wide ? 8 : 4).word(12).zeros(wide ? 4 : 0);
        all += slice;
        all.resize((all.size() + kPage - 1) / kPage * kPage);
    }
    std::string file = header.bytes();
    file.resize(kPage);
    return file + all;
}

}  // namespace kashim::test
