"""Changing certificates one field at a time."""

import json


def leaves(value, path=()):
    """``(path, value)`` of everything in a JSON value that holds nothing else."""
    if isinstance(value, (dict, list)) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif path:
        yield path, value


def changed(content, path, value):
    """A copy with another value at the path; None removes the field."""
    copy = json.loads(json.dumps(content))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy
