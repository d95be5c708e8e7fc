"""The comment on a pull request, as `python -m snippetgen.comment FILE`: the name that workflows call."""

import sys

from snippetgen.printing import guard
from snippetgen.review.github_comment import main

if __name__ == "__main__":
    guard()
    main(sys.argv[1:])
