"""Reads pages with the reference parser, until its input ends.

A request is one byte for the syntax, "o" or "t", the page's length in four
bytes, big-endian, and the page. The answer is one line of JSON. Numbers are
strings, since JSON has neither NaN nor infinities.
"""

import json
import struct
import sys

from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as text

PARSERS = {b"o": openmetrics, b"t": text}


def number(value):
    return None if value is None else repr(float(value))


def exemplar(it):
    if it is None:
        return None
    return {
        "labels": it.labels,
        "value": number(it.value),
        "timestamp": number(it.timestamp),
    }


def sample(it):
    return {
        "name": it.name,
        "labels": it.labels,
        "value": number(it.value),
        "timestamp": number(it.timestamp),
        "exemplar": exemplar(it.exemplar),
    }


def family(it):
    return {
        "name": it.name,
        "kind": it.type,
        "help": it.documentation,
        "unit": it.unit,
        "samples": [sample(each) for each in it.samples],
    }


def answer(syntax, page):
    try:
        families = PARSERS[syntax](page.decode("utf-8"))
        return {"families": [family(each) for each in families]}
    except Exception as error:  # Whatever the parser raises is its verdict.
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    source, sink = sys.stdin.buffer, sys.stdout
    while syntax := source.read(1):
        (length,) = struct.unpack(">I", source.read(4))
        # ASCII, whatever the encoding of the terminal.
        sink.write(json.dumps(answer(syntax, source.read(length))) + "\n")
        sink.flush()


main()
