"""The type that an answer is decoded into, and the statements that print what it shows. Source: package encoding/json."""

import re

from snippetgen.literals import follow

from . import _KEYWORDS, _TAKEN, _string, identifier

_INITIALISMS = {"api", "cpu", "html", "http", "https", "id", "ip", "json", "sql", "ui", "uri", "url", "uuid", "xml"}


def is_typed(response):
    """Whether a struct can decode every response.

    Its tags can contain the names, no other name matches one of them if case is ignored, and the types agree.
    Source: package encoding/json, Unmarshal.
    """
    answers = [event for event in response.events if not isinstance(event, str)] if response.streams else [response.json]
    members = _members(response)
    return (
        all(isinstance(step, int) or (re.fullmatch(r"[\w $-]+", step) and step != "-") for path in members for step in path)
        and all(_agrees(answer, response.show, type(shown(response))) for answer in answers)
        and all(_agrees(answer, response.error or (), (dict, str)) for answer in answers)
        and not _clash(list(members))
    )


def _members(response):
    """The paths that the struct holds, with the type of each."""
    value = shown(response)
    kind = "string" if isinstance(value, str) else "json.Number" if value.text == "-0" else "int64"
    return {response.show: kind} | ({response.error: "string"} if response.error else {})


def _clash(paths):
    """Whether two members of one object would be one field, or match each other's name."""
    if len(paths) < 2 or any(not path or isinstance(path[0], int) for path in paths):
        return False
    first, second = (path[0] for path in paths)
    if first == second:
        return _clash([path[1:] for path in paths])
    return first.casefold() == second.casefold() or field(first) == field(second)


def _agrees(value, path, kind):
    if value is None:
        return True
    if not path:
        return isinstance(value, kind)
    if isinstance(path[0], int):
        return isinstance(value, list) and all(_agrees(element, path[1:], kind) for element in value)
    if not isinstance(value, dict) or any(name != path[0] and name.casefold() == path[0].casefold() for name in value):
        return False
    return _agrees(value.get(path[0]), path[1:], kind)


def target(response):
    """The type of the variable that the response is decoded into, with only the paths of `show` and `error`."""
    if not is_typed(response):
        return "any"
    members, pointer = _members(response), (response.error or ())[:-1]
    names = {step for path in members for step in path if isinstance(step, str)}
    tagged = any(field(name).lower() != name.lower() or not name.isascii() for name in names)
    return _type(members, pointer, tagged, 2 if response.streams else 1)


def printed(response):
    """The statement that prints the value at `show` in `data`."""
    if is_typed(response):
        return f"\tfmt.Println(data{selector(response.show)})"
    expression = "data"
    for step in response.show:
        expression += f".([]any)[{step}]" if isinstance(step, int) else f".(map[string]any)[{_string(step)}]"
    value = shown(response)
    return f"\tfmt.Println({expression if isinstance(value, str) else f'int64({expression}.(float64))'})"


def written(response):
    """The statements that print the value at `show` in `chunk`. If an event does not have it, they print nothing."""
    if is_typed(response):
        return _loops("chunk", (), response.show, response.events, 2)
    lines, value = [], "chunk"
    for number, step in enumerate(response.show, start=1):
        if isinstance(step, int):
            lines += [f"list{number}, _ := {value}.([]any)", f"if len(list{number}) <= {step} {{", "\tcontinue", "}"]
            value = f"list{number}[{step}]"
        else:
            lines.append(f"object{number}, _ := {value}.(map[string]any)")
            value = f"object{number}[{_string(step)}]"
    lines += [f"text, _ := {value}.(string)", "fmt.Print(text)"]
    return "\n".join("\t\t" + line for line in lines)


def failed(response):
    """The statements that end the program with the message at `error` in `chunk`, if an event has one."""
    path = response.error
    if is_typed(response) and len(path) > 1:
        lines = [f"if chunk{selector(path[:-1])} != nil {{", f"\tlog.Fatal(chunk{selector(path)})", "}"]
    elif is_typed(response):
        lines = [f'if chunk{selector(path)} != "" {{', f"\tlog.Fatal(chunk{selector(path)})", "}"]
    else:
        lines = ["object, _ := chunk.(map[string]any)"]
        lines += [f"object, _ = object[{_string(step)}].(map[string]any)" for step in path[:-1]]
        place = f"object[{_string(path[-1])}]"
        lines += [f"if {place} != nil {{", f"\tlog.Fatal({place})", "}"]
    return "\n".join("\t\t" + line for line in lines)


def _loops(value, done, path, events, depth):
    pad = "\t" * depth
    index = list_index(path)
    if index < 0:
        return f"{pad}fmt.Print({value}{selector(path)})"
    names, rest = done + path[:index], path[index + 1 :]
    elements = f"{value}{selector(path[:index])}"
    if path[index] == 0 and all(len(found) <= 1 for event in events for found in _lists(event, names)):
        item = item_name(path[index - 1] if index else "")
        head, value = f"for _, {identifier(item)} := range {elements} {{", item
    else:
        head, value = f"if len({elements}) > {path[index]} {{", f"{elements}[{path[index]}]"
    return f"{pad}{head}\n{_loops(value, done + path[: index + 1], rest, events, depth + 1)}\n{pad}}}"


def _lists(event, path):
    found = follow(event, path) if not isinstance(event, str) else None
    return [found] if isinstance(found, list) else []


def _type(members, pointer, tagged, depth):
    """A type that holds these paths. The object that `pointer` leads to, if it leads to one, may be missing.

    Every field has a tag, or none: encoding/json finds a member whose name is the field's but for its case.
    """
    if () in members:
        return members[()]
    if isinstance(next(iter(members))[0], int):
        return "[]" + _type(_below(members, None), None, tagged, depth)
    fields = []
    for name in dict.fromkeys(path[0] for path in members):
        below = pointer[1:] if pointer and pointer[0] == name else None
        type = ("*" if below == () else "") + _type(_below(members, name), below, tagged, depth + 1)
        fields.append((field(name), type, f"`json:{_string(name)}`" if tagged else ""))
    pad = "\t" * depth
    return "struct {\n" + "".join(f"{pad}\t{line}\n" for line in _aligned(fields)) + pad + "}"


def _below(members, name):
    """The paths that start with a name, or with an index, without it."""
    return {path[1:]: kind for path, kind in members.items() if name in (None, path[0])}


def _aligned(fields):
    """The lines of a struct's fields. gofmt aligns the columns of lines that follow each other."""
    lines = [(name, type) for name, type, _ in fields]
    for number in range(1, len(fields)):
        before, after = fields[number - 1], fields[number]
        if "\n" not in before[1]:
            width = max(len(before[0]), len(after[0]))
            lines[number - 1], lines[number] = (before[0].ljust(width), before[1]), (after[0].ljust(width), after[1])
            if before[2] and after[2] and "\n" not in after[1]:
                width = max(len(before[1]), len(after[1]))
                lines[number - 1], lines[number] = (
                    (lines[number - 1][0], before[1].ljust(width)),
                    (lines[number][0], after[1].ljust(width)),
                )
    return [f"{name} {type} {tag}".rstrip() for (name, type), (_, _, tag) in zip(lines, fields, strict=True)]


def field(name):
    """An exported field name for a member: `Content` for `content`, `TotalTokens` for `total_tokens`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    result = "".join(word.upper() if word.lower() in _INITIALISMS else word[0].upper() + word[1:] for word in words)
    return result if result[:1].isalpha() else f"Field{result}"


def selector(path):
    """`.Choices[0].Message.Content` for the path of `show`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{field(step)}" for step in path)


def shown(response):
    """The value at `show`. In a stream it is text."""
    return "" if response.streams else follow(response.json, response.show)


def list_index(path):
    """The position of the first index in a path; -1 if there is none."""
    return next((i for i, step in enumerate(path) if isinstance(step, int)), -1)


def item_name(step):
    """The loop variable for the elements of a list: `choice` for `choices`."""
    name = step[:-1] if isinstance(step, str) and step.endswith("s") else ""
    return name if re.fullmatch(r"[a-z]{2,}", name) and name not in _TAKEN | _KEYWORDS else "item"
