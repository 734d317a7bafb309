"""A page without a browser: speaks to the page's server as the browser's scripts do, and draws nothing.

So a trial of load measures the server. It keeps the state of every piece of the page that the server sends, and knows
three of them: the tab, the row of time, and the pictures.
"""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

LATEST = 90.0
"""Seconds that an answer may take."""


@dataclass
class LightPage:
    """A page of its own session. address: of the server. pieces: state of what it sent, by id. wrong: what failed."""

    address: str
    pieces: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _socket: ClientConnection = field(init=False)
    _reader: asyncio.Task[None] = field(init=False)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _drawn: dict[str, float] = field(default_factory=dict)  # when each picture last came

    async def __aenter__(self) -> Self:
        """Open the page up to its first figures."""
        cookies = await asyncio.to_thread(self._cookies)
        place = self.address.replace("http", "ws", 1).rstrip("/")
        self._socket = await connect(
            f"{place}/jupyter/api/kernels/{uuid4()}/channels?session_id={uuid4()}", max_size=None,
            origin=Origin(self.address.rstrip("/")), additional_headers={"Cookie": cookies},
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())
        control = uuid4().hex
        await self._send("comm_open", comm_id=control, target_name="solara.control", data={})
        await self._send("comm_msg", comm_id=control, data={"method": "run", "args": {"path": ""}})
        tab = await self._until(lambda: self._find("page", "copy"))
        await self._event(tab, "joined", {"token": uuid4().hex, "kept": "", "link": ""})
        await self._until(lambda: self._find("month", "whole") if self._find("tiles") else "")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, as a browser does whose tab is closed."""
        self._reader.cancel()
        await self._socket.close()

    def _cookies(self) -> str:
        with urllib.request.urlopen(self.address, timeout=4 * LATEST) as found:  # the first page waits for the compiler
            return "; ".join(one.split(";")[0] for one in found.headers.get_all("Set-Cookie", []))

    async def ended(self) -> bool:
        """Tell whether the run is at its end."""
        return bool(self._time()["ended"])

    async def act(self, name: str) -> float:
        """Press a button of the row of time; returns the seconds until its new date and all new pictures were there."""
        before, begun = self._time()["month"], time.monotonic()
        await self._event(self._find("month", "whole"), "act", {"name": name})

        def there() -> bool:
            charts = [one for one, state in self.pieces.items() if "option" in state]
            drawn = all(self._drawn.get(one, 0.0) > begun for one in charts)
            return bool(self._time()["month"] != before and drawn)

        await self._until(there)
        return time.monotonic() - begun

    def _time(self) -> dict[str, Any]:
        return self.pieces[self._find("month", "whole")]

    def _find(self, *names: str) -> str:
        return next((one for one, state in self.pieces.items() if all(name in state for name in names)), "")

    async def _until[T](self, there: Any) -> Any:
        """Return what `there` says when it says something."""
        async with asyncio.timeout(LATEST):
            while not (found := there()):
                if self._reader.done():
                    raise ConnectionError(
                        f"the server has hung up: {self._socket.close_code} {self._socket.close_reason}"
                    )
                self._came.clear()
                await self._came.wait()
        return found

    async def _event(self, piece: str, name: str, data: dict[str, Any]) -> None:
        content = {"event": name, "data": data}
        await self._send("comm_msg", comm_id=piece, data={"method": "custom", "content": content})

    async def _send(self, kind: str, **content: Any) -> None:
        header = {"msg_id": uuid4().hex, "msg_type": kind, "session": "trial", "username": "", "version": "5.3"}
        told = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell",
                "buffers": []}  # fmt: skip
        await self._socket.send(json.dumps(told))

    async def _read(self) -> None:
        async for raw in self._socket:
            told = json.loads(raw if isinstance(raw, str) else _text_of(raw))
            kind, content = told["header"]["msg_type"], told["content"]
            if kind == "error":
                self.wrong.append(str(content.get("evalue")))
            elif kind == "comm_open":
                self._take(content["comm_id"], content["data"].get("state", {}))
            elif kind == "comm_msg" and content["data"].get("method") == "update":
                self._take(content["comm_id"], content["data"]["state"])
            elif kind == "comm_close":
                self.pieces.pop(content["comm_id"], None)
            self._came.set()
        self._came.set()

    def _take(self, piece: str, state: dict[str, Any]) -> None:
        self.pieces.setdefault(piece, {}).update(state)
        if "option" in state:
            self._drawn[piece] = time.monotonic()


def _text_of(raw: bytes) -> bytes:
    """Return the message of a frame that may carry buffers: their number, their places, then the pieces."""
    count = int.from_bytes(raw[:4], "big")
    places = [int.from_bytes(raw[4 + 4 * at : 8 + 4 * at], "big") for at in range(count)] + [len(raw)]
    return raw[places[0] : places[1]]
