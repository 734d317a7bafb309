"""The part on the command line: each command with its words and options, as it declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer


def command_lines(app: typer.Typer) -> Iterator[str]:
    """Return the lines of the part, a section per command in the order in which they are listed by `--help`."""
    group: Any = typer.main.get_command(app)
    yield "Every command takes `--help`. `test` and `set-up` are the launcher's own ([setup.md](setup.md)).\n"
    for name, command in group.commands.items():
        yield f"### `resonance {name}`\n"
        yield f"{_plain(command.help or '')}\n"
        words = [one for one in command.params if one.param_type_name == "argument"]
        options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
        if words or options:
            yield "| word or option | value | meaning | default |"
            yield "|---|---|---|---|"
            yield from (_row(one) for one in (*words, *options))
            yield ""


def _row(one: Any) -> str:
    names = [*one.opts, *one.secondary_opts] if one.param_type_name == "option" else [one.metavar or one.name.upper()]
    flag = getattr(one, "is_flag", False)
    value = "" if flag or one.param_type_name == "argument" else f"`{one.metavar or 'VALUE'}`"
    default = "needed" if one.required else _default(one, flag=flag)
    told = " ".join(_plain(one.help or "").split())
    return f"| {', '.join(f'`{name}`' for name in names)} | {value} | {told} | {default} |"


def _default(one: Any, *, flag: bool) -> str:
    value = None if callable(one.default) else one.default
    if value in (None, "", [], ()) or (flag and value is False):
        return ""
    if flag:
        return f"`{one.opts[0]}`"
    return f"`{value}`"


def _plain(text: str) -> str:
    """Return a help text as a page takes it: no escapes of the terminal, signs of tables made harmless."""
    return text.replace("\\[", "[").replace("|", "\\|").replace("<", "\\<").strip()
