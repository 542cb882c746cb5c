"""Folding and the token stream: what the index sees of a text."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.words import TOKENIZER_VERSION, Folding

FOLD = Path(__file__).parent.parent / "assets" / "words" / "fold.txt"
folding = Folding.load(FOLD)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("數據要素", "数据要素"),
        ("ＡＩ　２０２６", "ai 2026"),
        ("OpenAI", "openai"),
        ("Café", "cafe"),
        ("裡裏臺灣", "里里台湾"),
        ("①Ⅸ½", "1ⅸ½"),
        ("“人工智能＋”", "“人工智能+”"),
    ],
)
def test_variants_of_a_character_become_one(written, folded):
    assert folding.fold(written) == folded


@given(st.text())
def test_folding_keeps_the_length_and_folding_again_changes_nothing(text):
    folded = folding.fold(text)
    assert len(folded) == len(text)
    assert folding.fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("5G基站与人工智能", "5 g 基站 站与 与人 人工 工智 智能 能"),
        ("第 139 届", "第 139 届"),
        ("C++17、C# 與 ASP.NET", "cpp 17 csharp 与 asp dotnet"),
        (".NET平台，network", "dotnet 平台 台 network"),
        ("数，据", "数 据"),
        ("🎉 \0 -- “”", ""),
        ("", ""),
    ],
)
def test_the_stream_of_a_text(text, stream):
    assert folding.tokens(text) == stream.split()


@pytest.mark.parametrize("text", ["GPT4", "GPT-4", "gpt 4", "ＧＰＴ４"])
def test_letters_and_digits_come_apart_however_they_are_joined(text):
    assert folding.tokens(text) == ["gpt", "4"]


@given(st.text())
def test_a_token_never_holds_what_the_index_would_read_as_an_operator(text):
    assert not set("".join(folding.tokens(text))) & set("\"*^():+-\0'&|!<>\\ ")


def test_a_changed_fold_table_comes_with_a_new_tokenizer_version():
    digest = hashlib.sha256(FOLD.read_bytes()).hexdigest()[:12]
    assert (TOKENIZER_VERSION, digest) == ("2", "a8d5140b6a1a")
