"""The server begins or says in one line why not, and answers only requests that were meant for it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from model.foundation.errors import InputError
from model.interfaces.app import server
from model.interfaces.app.server import LOOPBACK, OwnHostOnly, check_extra, open_port


def test_a_taken_port_is_told_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"is free; got {port}.*--port {port + 1}"):
            open_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(InputError, match="can be listened to"):
        open_port("192.0.2.1", 0)


def test_a_missing_extra_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_absent", lambda name: name.startswith("solara"))
    with pytest.raises(InputError) as told:
        check_extra()
    assert str(told.value) == (
        "resonance app: needs the packages of the extra `app`; got 'without solara, solara_assets'. "
        "Install them: ./resonance set-up all, or pip install 'resonance-lab[app]'."
    )


@pytest.mark.parametrize(
    ("headers", "meant"),
    [
        ({"host": "127.0.0.1:8765"}, True), ({"host": "localhost:8765"}, True), ({"host": "[::1]:8765"}, True),
        ({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}, True), ({"host": "evil.example:8765"}, False),
        ({"host": "127.0.0.1:8765", "origin": "https://evil.example"}, False), ({}, False),
        ({"host": "127.0.0.1:8765", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, False),
        ({"host": "127.0.0.1:8765", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, True),
        ({"host": "127.0.0.1:8765", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_only_its_own_host_and_site_are_answered(headers: dict[str, str], meant: bool, kind: str) -> None:
    reached: list[str] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(OwnHostOnly(app, hosts=LOOPBACK)(scope, receive, send))
    assert reached == ([kind] if meant else [])
    assert bool(sent) != meant
    if not meant and kind == "http":
        assert sent[0]["status"] == 403


@pytest.mark.page
def test_a_page_that_cannot_be_closed_does_not_end_tidying(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("solara")
    from model.interfaces.app import joined, server

    rounds: list[str] = []

    class Pages:
        def tidy(self) -> bool:
            rounds.append("tidied")
            if len(rounds) == 1:
                raise RuntimeError("this one cannot be closed")
            return len(rounds) == 2

    class Over(BaseException):
        """Ends what has no end."""

    def wait(_: float) -> None:
        if len(rounds) == 3:
            raise Over

    monkeypatch.setattr(joined, "SESSIONS", Pages())
    monkeypatch.setattr(server, "sleep", wait)
    monkeypatch.setattr(server, "give_back", lambda: rounds.append("given back"))
    with pytest.raises(Over):
        server._tidy()
    assert rounds == ["tidied", "tidied", "given back"]


def test_a_server_that_ends_while_it_prepares_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from model.interfaces.app import server

    def ended(*_: object, **__: object) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")

    monkeypatch.setattr("model.market.streaming_market.StreamingMarket", ended)
    server._prepare()
