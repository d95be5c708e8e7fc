"""The variables of a text of commands: those that it sets, and examples for the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from snippetgen.importers.secrets import stand_in, variable_name


@dataclass
class Variables:
    """Values that a text sets, by name, and examples for the variables that it only uses, with their names."""

    given: dict[str, str] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str, default: str | None = None) -> str:
        """The value that the text gives, else `default`, else an example."""
        known = self.known(name)
        if known is not None:
            return known
        return self.example(name) if default is None else default

    def known(self, name: str) -> str | None:
        """The value that the text gives; of an array the first."""
        if name in self.arrays:
            return self.arrays[name][0] if self.arrays[name] else ""
        return self.given.get(name)

    def example(self, name: str) -> str:
        """An example for a variable, another one for each name."""
        example = stand_in(name)
        number = 2
        while self.examples.setdefault(example, name) != name:
            example, number = f"{stand_in(name)}_{number}", number + 1
        return example

    def forget(self, name: str) -> None:
        """Makes a variable unknown."""
        self.given.pop(name, None)
        self.arrays.pop(name, None)


def output_name(command: str) -> str:
    """A name for the output of a command: `PRINT_ACCESS_TOKEN` for `gcloud auth print-access-token`."""
    told = " ".join(word for word in command.split() if word[0] not in "-+%")
    words = [word for word in re.findall(r"[A-Za-z0-9_./-]+", told[-2000:]) if not word.startswith("-")]
    last = (words or ["output"])[-1].rpartition("/")[2]
    return variable_name(re.sub(r"\.[A-Za-z]{1,4}$", "", last))
