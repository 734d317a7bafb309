"""Inputs made of right ones: a word, a value, a row or a bracket of a seed is changed, cut, doubled or replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random

NUMBERS = (
    "nan", "inf", "-inf", "1e308", "-1e308", "1e309", "5e-324", "2.2250738585072014e-308", "-0.0", "0", "-1", "1", "2",
    "0.5", "1.0000000000000002", "2147483648", "9007199254740993", "18446744073709551616", "1" + "0" * 400, "1e-400",
    "1200", "1201", "100000000", "100000001", "0x10", "1_000", "1e3",
    "0x" + "f" * 6000,
)  # fmt: skip
"""Numbers that break programs, as they are written in files."""
TEXTS = (
    "", " ", "\u0000", "\u0007\u001b[31mred", "line\nbreak", "\r\n", "\u202eback", "\ud7ff\ue000", "🎵" * 3, "é",
    "İ", "ß", "\ufeff", "a" * 300, "x" * 5000, "../../etc/passwd", "/etc/passwd", "/dev/zero", "~", "C:\\x",
    "a/b", ".", "..", "*", "%s%n",
    "{0}", "${HOME}", "`id`", "$(id)", "'; DROP TABLE runs; --", '"', "'", "\\", "None", "null", "true", "ALL", "total",
    "2022-10", "2022-13", "0000-00", "9999-12", "2122-10", "1999-01", "2022-10-32", "10000-01", "-1-1", "US", "us",
    "XX", "baseline", "tiny", "resso", "spotify", "sony", "theta", "parameters.theta", "__class__", "nan", "inf",
    "1e308",
    "-0.0", "=1+1", "[]", "{}", "0" * 50, "٣", "１２",
)  # fmt: skip
"""Texts that break programs."""
ODD_TOML = ("true", "false", "[]", "{}", "[[]]", "[1, 'a']", "{ a = 1 }", "2022-10-01", "2022-10-01T00:00:00Z",
            "07:32:00", "''", "['']", "[nan]", "[1e308, -1e308]", "{ low = 1, high = 0 }",
            "{ low = nan, high = inf }")  # fmt: skip
TOKENS = (b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\n", b"\t", b"\x1b[2J", b"\xed\xa0\x80", b"[", b"]", b"{",
          b"}", b'"""', b"'''", b"=", b",", b";", b"#", b"\\", b'"', b"\xe2\x80\xa8", b"1e999", b"nan", b"[[a]]\n",
          b"a.b.c=1\n")  # fmt: skip
MOST_BYTES = 200_000
Change = Callable[[bytes, Random], bytes]


def mutated(seeds: Sequence[bytes], form: str, words: Sequence[str], random: Random) -> bytes:
    """Return an input: one of the seeds after one to five changes that its form knows.

    form: "toml", "json", "csv", "words" (texts between unit separators) or "bytes". words: of the reader's language.
    """
    content = random.choice(seeds)
    own = _FORMS[form]
    for _ in range(1 if random.random() < 0.6 else random.randint(2, 5)):
        draw = random.random()
        if form != "bytes" and draw < 0.85:
            try:
                content = own(content, random, words)
            except RecursionError:  # what nests so deep is changed as bytes
                content = _bytes(content, random, words)
        elif draw < 0.97:
            content = _bytes(content, random, words)
        else:
            content = _spliced(content, random.choice(seeds), random)
    return content[:MOST_BYTES]


def number(random: Random) -> str:
    """Return a number as it is written: an odd one, or any."""
    draw = random.random()
    if draw < 0.6:
        return random.choice(NUMBERS)
    if draw < 0.8:
        return str(random.randint(-5, 130))
    return repr(random.uniform(-2.0, 2.0) * 10.0 ** random.randint(-320, 308))


def _text(random: Random, words: Sequence[str]) -> str:
    if words and random.random() < 0.5:
        word = random.choice(words)
        return word if random.random() < 0.7 else word[:-1] + random.choice(("", "x", " ", ".", "é"))
    return random.choice(TEXTS)


def _toml_value(random: Random, words: Sequence[str]) -> str:
    draw = random.random()
    if draw < 0.35:
        return number(random)
    if draw < 0.6:
        return random.choice(ODD_TOML)
    if draw < 0.95:
        return json.dumps(_text(random, words), ensure_ascii=random.random() < 0.5)
    deep = random.choice((3, 40, 300, 2000, 20_000))
    return random.choice(("[" * deep + "]" * deep, "{a=" * deep + "1" + "}" * deep, "[" * deep))


def _toml(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    given = [at for at, line in enumerate(lines) if "=" in line and not line.lstrip().startswith("#")]
    at = random.choice(given) if given else random.randrange(len(lines))
    key, sign, value = lines[at].partition("=")
    draw = random.random()
    if draw < 0.35 and sign:
        lines[at] = f"{key}= {_toml_value(random, words)}"
    elif draw < 0.5 and sign:
        lines[at] = f"{key}= {_inner(value, random, words)}"
    elif draw < 0.6 and sign:
        lines[at] = f"{_toml_key(random, words)} ={value}"
    elif draw < 0.7:
        lines.insert(random.randrange(len(lines) + 1), f"{_toml_key(random, words)} = {_toml_value(random, words)}")
    elif draw < 0.78:
        table = _toml_key(random, words)
        lines.insert(random.randrange(len(lines) + 1), random.choice((f"[{table}]", f"[[{table}]]")))
    elif draw < 0.86:
        lines.insert(random.randrange(len(lines) + 1), lines[at])
    elif draw < 0.94 and len(lines) > 1:
        del lines[at]
    else:
        other = random.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _toml_key(random: Random, words: Sequence[str]) -> str:
    draw = random.random()
    if draw < 0.7 and words:
        return random.choice(words)
    if draw < 0.8 and words:
        return f"{random.choice(words)}.{random.choice(words)}"
    if draw < 0.97:
        return json.dumps(_text(random, words))
    return ".".join(["a"] * random.choice((7, 50, 3000)))


def _inner(value: str, random: Random, words: Sequence[str]) -> str:
    """Return a value with one number or text inside it replaced."""
    found = list(re.finditer(r'"[^"]*"|-?\d[\w.+-]*|true|false', value))
    if not found:
        return _toml_value(random, words)
    one = random.choice(found)
    new = json.dumps(_text(random, words)) if random.random() < 0.5 else _toml_value(random, words)
    return value[: one.start()] + new + value[one.end() :]


def _json(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return _bytes(content, random, words)
    places = _places(tree)
    if not places:
        return json.dumps(_json_value(random, words)).encode("utf-8", "surrogatepass")
    holder, key = random.choice(places)
    draw = random.random()
    if draw < 0.55:
        holder[key] = _json_value(random, words)
    elif draw < 0.7:
        del holder[key]
    elif draw < 0.8:
        other, place = random.choice(places)
        holder[key] = json.loads(json.dumps(other[place]))
    elif isinstance(holder, dict):
        value = holder[key]
        if draw < 0.9:
            del holder[key]
        holder[_text(random, words)] = value
    else:
        holder.insert(key, holder[key])
    text = json.dumps(tree, ensure_ascii=random.random() < 0.8)
    if random.random() < 0.05:
        deep = random.choice((40, 900, 20_000))
        text = text.replace("1", "[" * deep + "]" * deep, 1)
    return text.encode("utf-8", "surrogatepass")


def _places(tree: object) -> list[tuple[object, object]]:
    """Return (holder, key) of every value of a tree."""
    found: list[tuple[object, object]] = []
    waiting = [tree]
    while waiting and len(found) < 3000:
        one = waiting.pop()
        for key in list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ():
            found.append((one, key))
            waiting.append(one[key])  # type: ignore[index]
    return found


def _json_value(random: Random, words: Sequence[str]) -> object:
    draw = random.random()
    if draw < 0.3:
        return _text(random, words)
    if draw < 0.6:
        text = number(random)
        try:
            return json.loads(text)
        except ValueError:
            return float(text) if re.fullmatch(r"-?(nan|inf)", text) else text
    return random.choice(
        (None, True, False, [], {}, [[]], [None], {"": None}, "", [1, "a"], {"a": {"b": []}}, 2**70, -1)
    )


def _csv(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    rows = [line.split(",") for line in content.decode("utf-8", "surrogateescape").split("\n")]
    at = random.randrange(len(rows))
    cell = random.randrange(len(rows[at]))
    draw = random.random()
    if draw < 0.6:
        rows[at][cell] = number(random) if random.random() < 0.4 else _text(random, words).replace("\n", " ")
    elif draw < 0.7:
        del rows[at][cell]
    elif draw < 0.8:
        rows.insert(at, list(rows[random.randrange(len(rows))]))
    elif draw < 0.87:
        rows[at][cell] = f'"{rows[at][cell]}' + random.choice(("", '"', '"" ', "\n"))
    elif draw < 0.94 and len(rows) > 1:
        del rows[at]
    else:
        for row in rows:
            row.insert(
                min(cell, len(row)), random.choice(("", _text(random, words), number(random))).replace("\n", " ")
            )
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogateescape")


def _words(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    parts = content.decode("utf-8", "surrogateescape").split("\x1f")
    at = random.randrange(len(parts))
    draw = random.random()
    if draw < 0.35:
        parts[at] = number(random) if random.random() < 0.4 else _text(random, words)
    elif draw < 0.5:
        parts[at] = _inner(parts[at], random, words)
    elif draw < 0.6 and len(parts) > 1:
        del parts[at]
    elif draw < 0.7:
        parts.insert(at, parts[random.randrange(len(parts))])
    elif draw < 0.9:
        parts.insert(random.randrange(1, len(parts) + 1), _text(random, words))
    else:
        other = random.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    return "\x1f".join(parts).encode("utf-8", "surrogateescape")


def _bytes(content: bytes, random: Random, words: Sequence[str]) -> bytes:
    if not content:
        return random.choice(TOKENS)
    at = random.randrange(len(content))
    draw = random.random()
    if draw < 0.15:
        return content[:at]
    if draw < 0.4:
        changed = bytearray(content)
        changed[at] = random.randrange(256)
        return bytes(changed)
    if draw < 0.6:
        return content[:at] + random.choice(TOKENS) + content[at:]
    if draw < 0.75:
        return content[:at] + content[at + random.randint(1, 30) :]
    if draw < 0.85:
        piece = content[at : at + random.randint(1, 40)]
        return content[:at] + piece * random.choice((2, 3, 50)) + content[at:]
    if draw < 0.95:
        return content[:at] + _text(random, words).encode("utf-8", "surrogatepass") + content[at:]
    return content[:at] + random.choice((b"a", b"[", b"9", b" ", b"\n", b"\xc3\xa9")) * random.choice(
        (300, 1000, 1000, 70_000)
    )


def _spliced(one: bytes, other: bytes, random: Random) -> bytes:
    """Return the beginning of one and the end of another."""
    return one[: random.randrange(len(one) + 1)] + other[random.randrange(len(other) + 1) :]


_FORMS = {"toml": _toml, "json": _json, "csv": _csv, "words": _words, "bytes": _bytes}
