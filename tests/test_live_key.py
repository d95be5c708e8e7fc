"""A key in use never reaches a page; examples, prose and identifiers are left alone."""

from __future__ import annotations

import random
import string

from cases import each

from snippetgen.spec.live_key import entropy, live_keys
from snippetgen.yaml_tree.source import parse

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def random_key(prefix, length, alphabet=LETTERS):
    """A key as a provider would make one; made here, so that none lies in the repository."""
    return prefix + "".join(random.Random(prefix).choices(alphabet, k=length))


LIVE = [
    ("sk-", 48, LETTERS),
    ("sk-proj-", 64, LETTERS + "_-"),
    ("sk-ant-api03-", 90, LETTERS + "_-"),
    ("sk-or-v1-", 64, HEX),
    ("sk_live_", 24, LETTERS),
    ("ghp_", 36, LETTERS),
    ("github_pat_", 82, LETTERS + "_"),
    ("glpat-", 20, LETTERS),
    ("AKIA", 16, string.ascii_uppercase + "234567"),
    ("AIza", 35, LETTERS + "_-"),
    ("xoxb-", 40, LETTERS),
    ("hf_", 34, LETTERS),
    ("gsk_", 52, LETTERS),
    ("npm_", 36, LETTERS),
    ("dop_v1_", 64, HEX),
    ("omx_live_", 32, LETTERS),
]


@each(("prefix", "length", "alphabet"), LIVE, ids=[kind[0] for kind in LIVE])
@each("text", ["bearer: {}", "note: 'Use {} here.'", "[[x, {{deep: Bearer {}}}]]", "'{}': name"])
def test_a_known_prefix_with_a_random_tail_is_a_live_key_wherever_it_stands(prefix, length, alphabet, text):
    (problem,) = live_keys(parse(text.format(random_key(prefix, length, alphabet)), "a.yml"))
    assert "live key" in problem.what and "example" in problem.help and problem.place.line == 1


@each(
    "text",
    [
        "omx_live_xxx",
        "sk-" + "x" * 48,
        "sk-proj-your-key-goes-here-and-is-secret-1",
        "sk_test_" + "0" * 30,
        "sk_live_example" + "9aB" * 8,
        "AKIAIOSFODNN7EXAMPLE",
        "a risk-averse-and-deliberately-long-hyphenated-description-of-things",
        "task-3b1f5c7e-9a2d-4e6f-8b0c-1d2e3f4a5b6c",
        "chatcmpl-9aZ3bQ7xY2wV5uT8sR1pO4nM6kL0jH",
        "https://api.example.com/v1/keys/sk-short1",
        "ghp_" + "a" * 36,
    ],
)
def test_examples_prose_and_identifiers_are_no_live_keys(text):
    assert live_keys(parse(f"value: '{text}'", "a.yml")) == []


def test_check_refuses_a_spec_with_a_live_key_and_says_where(snippetgen, tmp_path):
    (tmp_path / "a").mkdir()
    key = random_key("sk-proj-", 64)
    (tmp_path / "a" / "b.yml").write_text(f"title: x\nrequest:\n  url: https://a.example/\n  auth: {{bearer: {key}}}\n")
    ran = snippetgen("check", "--specs", tmp_path)
    assert ran.code == 2 and "b.yml:4:18: this looks like a live key (OpenAI)" in ran.err


def test_the_published_specs_hold_no_live_key(snippetgen):
    assert snippetgen("check").code == 0


def test_entropy_counts_bits_for_each_character():
    assert entropy("aaaa") == 0 and entropy("abab") == 1 and entropy(HEX) == 4
