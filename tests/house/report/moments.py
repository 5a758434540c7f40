"""Rules for lines with times, what lies between them, and levels and lines that the bundle holds."""
import re

import words
from bundle import moment
from pages import plain
from rules import quote, rule

# ---- times and what lies between them ----------------------------------------------------------------------------

def apart(r, text, first, last, kind="span between two moments"):
    ok = r.moments.get(first) is not None and r.moments.get(last) is not None and words.span(
        text, r.moments[last] - r.moments[first])
    r.ok(ok, kind, text, f"{first} to {last}")


ENDS = {"First symptom to crash": ("symptom", "fatal"), "First symptom to first fatal line": ("symptom", "fatal"),
        "First symptom to detection": ("symptom", "detected"), "Detection to first symptom": ("detected", "symptom"),
        "Detection to mitigation": ("detected", "mitigated"), "Incident window": ("start", "end"),
        "Length of the window": ("start", "end"), "Start to end of the window": ("start", "end")}


@rule("", r"({}): «{{D}}»\.?".format("|".join(ENDS)))
def interval(r, name, text, _):
    apart(r, text, *ENDS[name])


@rule("Summary", r"([A-Z][\w \-()]*) to first symptom: «{D}»")
def change_to_symptom(r, name, text, _):
    changes = [moment(c["at"])[0] for c in r.bundle.all("change") if said_change(c["kind"]) == name]
    r.ok(any(words.span(text, r.moments["symptom"] - at) for at in changes), "from a change to the first symptom", text)


@rule("Detection", r"First symptom to detection: detected before the first symptom in the evidence, by «{D}»")
def before(r, text, _):
    apart(r, text, "detected", "symptom")


@rule("Detection", r"It was detected «{D}» after the first symptom in the evidence\.")
def after(r, text, _):
    apart(r, text, "symptom", "detected")


@rule("Detection", r"From the first symptom to the (?:crash|first fatal line) there were «{D}»: {S}")
def warning(r, text, _, __):
    apart(r, text, "symptom", "fatal")


@rule("Remediation", r"Put the warning time of {D} into the runbook: {S}")
def runbook(r, text, _):
    apart(r, text, "symptom", "fatal")


@rule("", r"({}): «{{T}}»".format("Began|Ended|Detected|Mitigated"))
def stated(r, name, text, s):
    key = {"Began": "start", "Ended": "end", "Detected": "detected", "Mitigated": "mitigated"}[name]
    r.ok(moment(text)[0] == r.moments[key], "moment that the manifest states", text)
    r.time(text, s)


@rule("Detection", r"(First symptom|First alert): «{T}»(?:: {A})?")
def noticed(r, name, text, s, said):
    r.time(text, s)
    quote(r, said or "")
    ns = moment(text)[0]
    if name == "First alert":
        r.ok(ns == min(e["ns"] for e in r.bundle.events if e["kind"].startswith("alert")), "first alert", text)
    else:
        r.ok(ns <= r.latest_symptom(), "first symptom: nothing that counts came before", text, r.latest_symptom())


@rule("", r"Change before it: {A} of `{A}` at «{T}»")
def change_before(r, said, component, text, s):
    r.time(text, s)
    r.ok(any(moment(c["at"])[0] == moment(text)[0] and c.get("component") == component and said == said_change(c["kind"]) + (
        f" of {c['version']}" if "version" in c else "") for c in r.bundle.all("change")), "change of the manifest", text)


@rule("", r"Change before it: none that the leading hypothesis rests on; the last before the first symptom: {A} of `?{A}`? at «{T}», «{D}» "
      r"before it; {S}")
def last_change(r, said, component, text, s, span, _, __):
    r.time(text, s)
    ns = [moment(c["at"])[0] for c in r.bundle.all("change")]
    r.ok(moment(text)[0] == max(t for t in ns if t <= r.moments["symptom"]), "last change", text)
    r.ok(words.span(span, r.moments["symptom"] - moment(text)[0]), "span between two moments", span)


@rule("", r"{S}: rollback of {S} at «{T}»\.")
def done(r, _, __, text, s):
    r.time(text, s)


def said_change(kind):
    return {"deploy": "Deployment", "config": "Configuration change", "feature-flag": "Feature flag", "scale": "Scaling",
            "certificate": "Certificate change", "traffic-shift": "Traffic shift", "other": "Other change"}.get(kind, kind.capitalize())


# ---- levels and lines --------------------------------------------------------------------------------------------

def level_of(r, metric, source):
    _, line = r.sources[int(source)]
    level = next(v for v in r.bundle.all("level") if v["line"] == int(line))
    r.ok(level["metric"] == metric, "level at its line", metric)
    return level


def value(r, text, true):
    r.ok(words.said(text, float(true)), "value that is stated", text, true)


@rule("Impact", r"`{A}` of `{A}`: from «{V}» to «{V}», «([+-][\d.]+ %), ([\d.]+ x)»\.")
def moved(r, metric, _, first, s, last, __, change, ratio, ___):
    level = level_of(r, metric, s)
    ends = float(level.get("before", level.get("baseline"))), float(level["peak"])
    value(r, first, ends[0])
    value(r, last, ends[1])
    r.ok(words.change(change, *ends) and words.ratio(ratio, *ends), "change and ratio", f"{change}, {ratio}")


@rule("Contributing", r"`{A}` of `{A}` was elevated before the incident: «{V}» against a baseline of «{V}», «([+-][\d.]+ %)»\. {S}")
def elevated(r, metric, _, before, s, baseline, __, change, ___, ____):
    level = level_of(r, metric, s)
    value(r, before, level["before"])
    value(r, baseline, level["baseline"])
    r.ok(words.change(change, float(level["baseline"]), float(level["before"])), "change and ratio", change)


@rule("Remaining", r"Why was `{A}` at «{V}» before the incident, with a baseline of «{V}»\?")
def why_level(r, metric, before, s, baseline, _):
    level = level_of(r, metric, s)
    value(r, before, level["before"])
    value(r, baseline, level["baseline"])


@rule("Impact", r"«{N}» log lines? of level error or fatal within the minutes of the window, of «{N}» lines? of any level\.")
def log_lines(r, errors, s, every, s2):
    for text, source in ((errors, s), (every, s2)):
        counted(r, text, source)


def counted(r, text, source):
    what, _ = r.sources[int(source)]
    if not what.startswith("SELECT"):
        r.ok(text == "1", "one line, the one that it cites", text)
        return
    r.sources_give(text, source, int(text))
    r.ok(int(text) == (r.lines_counted(what) if "log_minutes" in what else r.corpus.cells(what)[0]), "lines in the files", text, what)


@rule("Impact", r"«{A}»\.")
def felt(r, text, source):
    quote(r, text, source)
