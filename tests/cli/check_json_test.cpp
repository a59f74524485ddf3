// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim check --json: one document, whose keys are a promise.
#include "check_support.h"

namespace kashim::test {
namespace {

using CheckJson = Check;

TEST_F(CheckJson, HoldsEveryFinding)
{
    expect(kashim({"check", "--json", file("[[rule]]\nport = 0\npeer = \"10.0.0.1/8\"\n")}), 1, R"({
  "good": false,
  "file": "kashim.toml",
  "looked_for": [
    "kashim.toml"
  ],
  "errors": 1,
  "warnings": 1,
  "findings": [
    {
      "file": "kashim.toml",
      "line": 2,
      "column": 8,
      "severity": "error",
      "message": "port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of them, not 0"
    },
    {
      "file": "kashim.toml",
      "line": 3,
      "column": 8,
      "severity": "warning",
      "message": "peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\""
    }
  ]
}
)");
}

TEST_F(CheckJson, UnderStrictWarningsStayWhatTheyAreAndTheAnswerIsNo)
{
    expect(checked("[[rule]]\npeer = \"10.0.0.1/8\"\n", {"--json", "--strict"}), 1, R"({
  "good": false,
  "file": "<stdin>",
  "looked_for": [
    "<stdin>"
  ],
  "errors": 0,
  "warnings": 1,
  "findings": [
    {
      "file": "<stdin>",
      "line": 2,
      "column": 8,
      "severity": "warning",
      "message": "peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\""
    }
  ]
}
)");
}

TEST_F(CheckJson, AFileThatCannotBeReadIsAFindingWithoutAPlace)
{
    expect(kashim({"check", "--json", "--print", "none\xff.toml"}), 2, R"({
  "good": false,
  "file": null,
  "looked_for": [
    "none�.toml"
  ],
  "errors": 1,
  "warnings": 0,
  "findings": [
    {
      "file": "none�.toml",
      "line": null,
      "column": null,
      "severity": "error",
      "message": "it does not exist"
    }
  ],
  "policy": null
}
)");
}

TEST_F(CheckJson, HoldsThePolicyWhereItIsAskedFor)
{
    const std::string text = "[[rule]]\n"
                             "name = \"a\"\n"
                             "direction = \"outbound\"\n"
                             "port = [1, \"2-3\"]\n"
                             "dead_after = \"200s\"\n"
                             "user_timeout = \"auto\"\n"
                             "[[rule]]\n"
                             "program = \"gdb\"\n"
                             "keepalive = \"leave\"\n";
    const Result result = kashim({"check", "--json", "--print", "--set", "app=cap", file(text)});
    EXPECT_EQ(result.exit_code, 0) << result;
    const std::size_t policy = result.out.find("  \"policy\": {\n");
    ASSERT_NE(policy, std::string::npos) << result;
    EXPECT_EQ(result.out.substr(policy), R"(  "policy": {
    "defaults": {
      "name": null,
      "line": null,
      "match": {},
      "dead_after": 210,
      "values": {
        "keepalive": {
          "value": true,
          "origin": {
            "source": "built in"
          }
        },
        "idle": {
          "value": 60,
          "origin": {
            "source": "built in"
          }
        },
        "interval": {
          "value": 30,
          "origin": {
            "source": "built in"
          }
        },
        "count": {
          "value": 5,
          "origin": {
            "source": "built in"
          }
        },
        "user_timeout": {
          "value": 0,
          "auto": false,
          "origin": {
            "source": "built in"
          }
        },
        "app": {
          "value": "cap",
          "origin": {
            "source": "--set"
          }
        }
      }
    },
    "rules": [
      {
        "name": "a",
        "line": 1,
        "match": {
          "direction": "outbound",
          "port": [
            "1",
            "2-3"
          ]
        },
        "dead_after": 200,
        "values": {
          "keepalive": {
            "value": true,
            "origin": {
              "source": "built in"
            }
          },
          "idle": {
            "value": 100,
            "origin": {
              "source": "rule",
              "file": "kashim.toml",
              "line": 5,
              "column": 14,
              "dead_after": true
            }
          },
          "interval": {
            "value": 25,
            "origin": {
              "source": "rule",
              "file": "kashim.toml",
              "line": 5,
              "column": 14,
              "dead_after": true
            }
          },
          "count": {
            "value": 4,
            "origin": {
              "source": "rule",
              "file": "kashim.toml",
              "line": 5,
              "column": 14,
              "dead_after": true
            }
          },
          "user_timeout": {
            "value": 200000,
            "auto": true,
            "origin": {
              "source": "rule",
              "file": "kashim.toml",
              "line": 6,
              "column": 16
            }
          },
          "app": {
            "value": "cap",
            "origin": {
              "source": "--set"
            }
          }
        }
      },
      {
        "name": null,
        "line": 7,
        "match": {
          "program": [
            "gdb"
          ]
        },
        "dead_after": null,
        "values": {
          "keepalive": {
            "value": "leave",
            "origin": {
              "source": "rule",
              "file": "kashim.toml",
              "line": 9,
              "column": 13
            }
          }
        }
      }
    ],
    "base": {
      "record": "defaults",
      "line": null
    }
  }
}
)");
}

}  // namespace
}  // namespace kashim::test
