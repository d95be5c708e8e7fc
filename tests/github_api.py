"""GitHub's API for comments on one pull request, as far as the action uses it."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler


class GitHub(BaseHTTPRequestHandler):
    """Comments of one pull request, two on a page; `refuses` is the status that writing gets."""

    def do_GET(self) -> None:
        page = int(re.search(r"[?&]page=(\d+)", self.path)[1]) if "&page=" in self.path else 1  # type: ignore[index]
        here = self.server.comments[2 * page - 2 : 2 * page]  # type: ignore[attr-defined]
        more = len(self.server.comments) > 2 * page  # type: ignore[attr-defined]
        url = f"http://127.0.0.1:{self.server.server_port}{self.path.partition('?')[0]}?per_page=100&page={page + 1}"  # type: ignore[attr-defined]
        self.answer(200, here, {"Link": f'<{url}>; rel="next"'} if more else {})

    def do_POST(self) -> None:
        self.write(lambda body: self.server.comments.append({"id": 90, "user": {"type": "Bot"}, "body": body}))  # type: ignore[attr-defined]

    def do_PATCH(self) -> None:
        known = next(one for one in self.server.comments if self.path.endswith(f"/{one['id']}"))  # type: ignore[attr-defined]
        self.write(lambda body: known.update(body=body))

    def write(self, change) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        self.server.calls.append((self.command, self.path, self.headers["Authorization"]))  # type: ignore[attr-defined]
        if not self.server.refuses:  # type: ignore[attr-defined]
            change(body)
        self.answer(self.server.refuses or 201, {"html_url": "https://github.test/1#c"}, {})  # type: ignore[attr-defined]

    def answer(self, status: int, value: object, headers: dict[str, str]) -> None:
        octets = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Length": str(len(octets)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: object) -> None:
        pass
