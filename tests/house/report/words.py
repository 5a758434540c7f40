"""Numbers as reports print them, read back: whether a printed one is a value, at the rounding that reports/words.h states.
Nothing is formatted here, so no formatter is shared."""
import math
import re

from bundle import HOUR, MINUTE, SECOND

UNIT = {"ms": 10**6, "s": SECOND, "min": MINUTE, "h": HOUR, "d": 24 * HOUR}


def number(text):
    return float(re.sub("[\u202f\u00a0 ]", "", text))


def decimals(text):
    return len(text.partition(".")[2])


def fixed(text, value):
    """Rounded to as many digits as it shows."""
    return abs(number(text) - value) <= .5 * 10**-decimals(text) * (1 + 1e-9) + 1e-12


def four(text, value):
    """Four significant digits, trailing zeros dropped."""
    if len(re.sub(r"\D", "", text).strip("0")) > 4:
        return False
    size = math.floor(math.log10(abs(value))) if value else 0
    return abs(number(text) - value) <= .5 * 10**(size - 3) * (1 + 1e-9)


def said(text, value):
    """In a sentence of the evidence: four digits, but all of those before the point."""
    return fixed(text, value) if abs(value) >= 1000 else four(text, value)


def percent(text, p):
    """62 %, < 1 %, > 99 %; a share in tenths where it has a decimal, which its budget may move by one."""
    shown = number(text.strip("<> %"))
    if text[0] in "<>":
        return text == "< 1 %" and 0 < p < .005 or text == "< 0.1 %" and 0 < p < .0015 or text == "> 99 %" and .995 <= p < 1
    if "." in text:
        return abs(round(10 * shown) - 1000 * p) <= 1.5 + 1e-9
    return abs(shown - 100 * p) <= .5 + 1e-9


def probability(text, p):
    if text[0] in "<>":
        return text == "< 0.001" and 0 < p < .0005 or text == "> 0.999" and .9995 <= p < 1
    return fixed(text, p) and decimals(text) == 3


def points(text, p):
    return fixed(text.removesuffix(" points"), 100 * p) and decimals(text.removesuffix(" points")) == (abs(p) < .0995)


def change(text, first, last):
    """+188 %"""
    true = 100 * (last - first) / first
    return fixed(text.removesuffix(" %"), true) and decimals(text.removesuffix(" %")) == (abs(true) < 1) and (
        text[0] == ("-" if number(text.removesuffix(" %")) < 0 or true < 0 else "+"))


def ratio(text, first, last):
    """2.9 x"""
    true = last / first
    return fixed(text.removesuffix(" x"), true) and decimals(text.removesuffix(" x")) == (true < 9.95)


def nanoseconds(text):
    return sum(round(float(value) * UNIT[unit]) for value, unit in re.findall(r"([\d.]+) (ms|s|min|h|d)\b", text))


def span(text, ns):
    """73 s, 2 min 5 s, 1 h 5 min, 3 d 4 h: to a millisecond below 10 s, a tenth below two minutes, a second below two
    hours; of minutes and hours beyond that what is whole."""
    said, size = nanoseconds(text), abs(ns)
    if text.startswith("-") != (ns < 0):
        return False
    if size < 2 * HOUR:
        step = 10**6 if size < 10 * SECOND else 10**8 if size < 2 * MINUTE else SECOND
        return abs(said - size) <= (step // 2 if size >= step else 0)
    step = MINUTE if size < 48 * HOUR else HOUR
    return 0 <= size + SECOND // 2 - said < step


def exactly(text, ns):
    """A span in a sentence of the evidence: not rounded below two hours."""
    return nanoseconds(text) == ns or (ns >= 2 * HOUR and span(text, ns))


def offset(text, ns):
    return text[0] == "T" and span(text[1:].lstrip("+"), ns)


def size(text, n_bytes):
    value, unit = text.split(" ")
    scale = 1024**("B", "KiB", "MiB", "GiB").index(unit)
    return fixed(value, n_bytes / scale)
