// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain_support.h"

#include <filesystem>

namespace kashim::test {

Explain::Explain()
{
    std::filesystem::create_directory(folder_ / "bin");
    std::filesystem::create_symlink(KASHIM_HOLDS, client());
}

Result Explain::explain(std::vector<std::string> arguments, std::vector<std::string> environment) const
{
    arguments.insert(arguments.begin(), {KASHIM_COMMAND, "explain"});
    if (!path_.empty())
        arguments.insert(arguments.end(), {"--config", path_});
    environment.insert(environment.begin(), {"PATH=" + folder() + "/bin", "XDG_CONFIG_HOME=" + folder() + "/none"});
    Command command{std::move(arguments), std::move(environment)};
    command.directory = folder_.path();
    return run(command);
}

std::string Explain::file(std::string_view text)
{
    return path_ = write_file(folder_ / "kashim.toml", text);
}

std::string Explain::about_client() const
{
    return "\nprogram\n"
           "  executable    " KASHIM_HOLDS "\n"
           "  executed      " +
           client() +
           "\n"
           "  name          client\n"
           "  script        none\n"
           "  command       client\n"
           "  assumed       it is started from here, with this PATH and working folder\n"
           "  assumed       it is started without arguments; --command gives the whole command line\n";
}

std::string Explain::about_file(int rules, int rules_for_program, const std::string& options) const
{
    return "\nconfiguration\n  file          " + path_ + "\n" +
           (options.empty() ? "" : "  options       " + options + "\n") + "  rules         " + std::to_string(rules) +
           ", for this program: " + std::to_string(rules_for_program) + "\n";
}

void expect_text(const Result& result, const std::string& text)
{
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.out, text);
    EXPECT_EQ(result.err, "");
}

void expect_failure(const Result& result, const std::string& error, int status)
{
    EXPECT_EQ(result.exit_code, status) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, error);
}

void expect_part(const std::string& text, const std::string& part)
{
    EXPECT_NE(text.find(part), std::string::npos) << "not there:\n" << part << "\nin:\n" << text;
}

std::string first_line(const Result& result)
{
    return result.out.substr(0, result.out.find('\n'));
}

}  // namespace kashim::test
