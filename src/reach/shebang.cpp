// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/shebang.h"

#include "host/preload.h"

#include <algorithm>
#include <deque>

namespace kashim::reach {
namespace {

bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// env -S: words between white space, quotes keep them together, a backslash takes the next character.
std::vector<std::string> split_words(std::string_view text)
{
    std::vector<std::string> words;
    bool within = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (is_blank(c) || (c >= '\n' && c <= '\r'))) {
            within = false;
            continue;
        }
        if (quote == 0 && c == '#' && !within)
            break;
        if (!within)
            words.emplace_back();
        within = true;
        if (c == quote)
            quote = 0;
        else if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c == '\\' && i + 1 < text.size())
            words.back() += text[++i];
        else
            words.back() += c;
    }
    return words;
}

class EnvReader {
public:
    explicit EnvReader(std::span<const std::string> arguments) : rest_(arguments.begin(), arguments.end()) {}

    EnvCommand command()
    {
        while (!rest_.empty() && option(rest_.front()))
            ;
        while (!rest_.empty() && rest_.front().find('=') != std::string::npos)
            assignment(next());
        command_.words.assign(rest_.begin(), rest_.end());
        return std::move(command_);
    }

private:
    std::string next()
    {
        if (rest_.empty())
            return {};
        std::string word = std::move(rest_.front());
        rest_.pop_front();
        return word;
    }

    void split(std::string_view text)
    {
        const auto words = split_words(text);
        rest_.insert(rest_.begin(), words.begin(), words.end());
    }

    void unset(std::string_view name)
    {
        if (name == host::kPreloadVariable)
            command_.preload = false;
    }

    void assignment(const std::string& word)
    {
        const auto equals = word.find('=');
        const std::string_view name = std::string_view(word).substr(0, equals);
        const std::string_view value = std::string_view(word).substr(equals + 1);
        if (name == "PATH")
            command_.path = value;
        if (name == host::kPreloadVariable)
            command_.preload = !host::library_entries(value).empty();
    }

    // Takes the front away where it is an option. False where the options are over.
    bool option(const std::string& front)
    {
        if (front.size() < 2 || front[0] != '-') {
            if (front != "-")
                return false;
            command_.preload = false;
            next();
            return true;
        }
        const std::string word = next();
        if (word == "--")
            return false;
        if (word[1] == '-')
            long_option(word);
        else
            short_options(word);
        return true;
    }

    void long_option(std::string_view word)
    {
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto value = [&] {
            return equals == std::string_view::npos ? next() : std::string(word.substr(equals + 1));
        };
        if (name == "--ignore-environment")
            command_.preload = false;
        else if (name == "--unset")
            unset(value());
        else if (name == "--chdir")
            value();
        else if (name == "--split-string")
            split(value());
    }

    void short_options(std::string_view word)
    {
        for (std::size_t i = 1; i < word.size(); ++i) {
            if (word[i] == 'i')
                command_.preload = false;
            constexpr std::string_view kWithValue = "uCS";
            if (kWithValue.find(word[i]) == std::string_view::npos)
                continue;
            const std::string value = i + 1 < word.size() ? std::string(word.substr(i + 1)) : next();
            if (word[i] == 'u')
                unset(value);
            if (word[i] == 'S')
                split(value);
            return;
        }
    }

    std::deque<std::string> rest_;
    EnvCommand command_;
};

}  // namespace

std::vector<std::string> Shebang::arguments(const ShebangRules& rules) const
{
    if (argument.empty())
        return {};
    if (!rules.splits)
        return {argument};
    std::vector<std::string> words;
    std::string_view rest = argument;
    while (!rest.empty()) {
        const auto end = std::find_if(rest.begin(), rest.end(), is_blank);
        const auto size = static_cast<std::size_t>(end - rest.begin());
        if (size != 0)
            words.emplace_back(rest.substr(0, size));
        rest.remove_prefix(std::min(size + 1, rest.size()));
    }
    return words;
}

std::optional<Shebang> read_shebang(std::string_view start, const ShebangRules& rules)
{
    // The kernel's buffer is zeroed behind a shorter file.
    std::string buffer(start.substr(0, rules.bytes));
    const bool whole = buffer.size() == rules.bytes;
    if (!buffer.starts_with("#!"))
        return std::nullopt;
    const auto ends_name = [](char c) { return is_blank(c) || c == '\0'; };
    const auto line_end = buffer.find('\n');
    std::string_view line = std::string_view(buffer).substr(2, line_end == std::string::npos ? line_end : line_end - 2);
    const auto skip = [](std::string_view text) {
        const auto first = std::find_if_not(text.begin(), text.end(), is_blank);
        return text.substr(static_cast<std::size_t>(first - text.begin()));
    };
    line = skip(line);
    // A name that the buffer may have cut is none.
    if (line_end == std::string::npos && whole && std::none_of(line.begin(), line.end(), ends_name))
        return Shebang{};
    if (const auto zero = line.find('\0'); zero != std::string_view::npos)
        line = line.substr(0, zero);
    while (!line.empty() && is_blank(line.back()))
        line.remove_suffix(1);
    const auto name_end = std::find_if(line.begin(), line.end(), is_blank);
    const auto name = line.substr(0, static_cast<std::size_t>(name_end - line.begin()));
    return Shebang{std::string(name), std::string(skip(line.substr(name.size())))};
}

EnvCommand read_env(std::span<const std::string> arguments)
{
    return EnvReader(arguments).command();
}

}  // namespace kashim::reach
