"""`python -m snippetgen.comment FILE`: writes one comment on the pull request of a GitHub workflow; every run rewrites it.

If GitHub does not allow it, as for a pull request from a fork, the program says so and succeeds: the result belongs to the
job, not to the comment. Source: https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import requests

from snippetgen.printing import annotation, out

MARK = "<!-- snippetgen: the differences of this pull request -->"
MAX_CHARACTERS = 65_536  # GitHub's limit
SECONDS = 30


def comment(text: str, environment: dict[str, str]) -> str:
    """Writes the comment and returns its address.

    Raises KeyError, OSError or ValueError if the workflow does not say which pull request it runs for.
    """
    event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    repository = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}"
    body = f"{MARK}\n{text}"
    if len(body) > MAX_CHARACTERS:
        body = body[: MAX_CHARACTERS - 100] + "\n\n… cut here; the summary of the job has all of it."
    with requests.Session() as session:
        session.headers.update(
            {
                "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )
        known = _known(session, f"{repository}/issues/{event['pull_request']['number']}/comments")
        if known:
            answer = session.patch(f"{repository}/issues/comments/{known}", json={"body": body}, timeout=SECONDS)
        else:
            answer = session.post(
                f"{repository}/issues/{event['pull_request']['number']}/comments", json={"body": body}, timeout=SECONDS
            )
        answer.raise_for_status()
        return str(answer.json().get("html_url", ""))


def _known(session: requests.Session, url: str) -> int:
    """The id of the comment of an earlier run; 0 if there is none. Follows the pages of a long discussion."""
    page: str | None = f"{url}?per_page=100"
    while page:
        answer = session.get(page, timeout=SECONDS)
        answer.raise_for_status()
        for one in answer.json():
            if str(one.get("body", "")).startswith(MARK) and one.get("user", {}).get("type") == "Bot":
                return int(one["id"])
        page = answer.links.get("next", {}).get("url")
    return 0


def main(arguments: list[str]) -> None:
    try:
        out(comment(Path(arguments[0]).read_text(encoding="utf-8"), dict(os.environ)))
    except requests.RequestException as error:
        status = error.response.status_code if error.response is not None else 0
        why = (
            "GitHub does not let this run comment, as for a pull request from a fork"
            if status in (401, 403, 404)
            else f"GitHub: {error}"
        )
        annotation("notice", f"no comment was written: {why}. The summary of the job has the differences.")
    except (KeyError, OSError, ValueError, IndexError) as error:
        annotation("notice", f"no comment was written: this is no workflow of a pull request ({type(error).__name__}: {error}).")
