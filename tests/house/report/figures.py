"""What a report draws: the page's figures against the tables and lists beside them, the series and the calls of the bundle."""
import re

import words
from bundle import moment
from pages import END, LINK, TO, plain, tag
from rules import rule

CALLER = re.compile(f"{LINK}([^{TO}]*){TO}#src-(\\d+){END}")


# ---- who calls whom ------------------------------------------------------------------------------------------------

@rule("Primary", r"`{A}`(?: leading hypothesis|)(?: symptom|)(?: left its usual state at «{O}»|)(?:, (also |)called by (.*?)(?: and {N} more|)|)")
def component(r, name, when, source, also, callers, more):
    if when:
        what, line = r.sources[int(source)]
        times = r.bundle.times_at(what, int(line) if line.isdigit() else 0)
        r.ok(any(words.offset(when, moment(t)[0] - r.moments["zero"]) for t in times), "offset of an onset", when, (what, line))
    calls = {row[0] for row in r.corpus.rows(
        "SELECT from_component FROM dependencies WHERE incident = ? AND to_component = ? AND from_component != to_component", r.id, name)}
    named = CALLER.findall(callers or "")
    r.ok(all(caller in calls for caller, _ in named), "callers of a component", plain(callers or ""), calls)
    for caller, at in named:
        what, line = r.sources[int(at)]
        r.ok(line == "whole" or f'from="{caller}" to="{name}"' in r.bundle.lines(what)[int(line) - 1], "a call at its line",
             caller, (what, line))
    if callers:
        r.ok(len(named) + int(more or 0) == len(calls) - bool(also), "how many call it", name, calls)


@rule("Primary", r"Each stands below one that calls it, or that runs on it: «{N}» dependenc(?:y|ies) in all\.(?: No way is known {S}\.|)"
      r"(?: {N} components are not drawn\.|)")
def extent(r, n, source, _, left_out):
    r.sources_give(n, source, int(n))
    shown = sum(b.kind == "li" and b.part == "Topology" for b in r.blocks)
    every = r.corpus.rows("SELECT count(*) FROM components WHERE incident = ?", r.id)[0][0]
    r.ok(shown + int(left_out or 0) == every, "components drawn and left out", left_out or "0", every)


# ---- figures -------------------------------------------------------------------------------------------------------

def said(node):
    return "".join(node.itertext()).replace("\u00a0", " ")


def having(node, name):
    return [n for n in node.iter() if name in n.get("class", "").split()]


def timeline(r, figure):
    """Its marks are the rows of the table; rows for which there is no room are said to be left out."""
    marks = sorted(int(said(n)) for n in having(figure, "mark"))
    rows = sum(b.kind == "row" and b.caption.startswith("Timeline; ") for b in r.blocks)
    left_out = re.search(r"there is no room: (\d+)", said(figure))
    r.ok(len(set(marks)) == len(marks) == rows - int(left_out[1] if left_out else 0), "marks of the timeline", str(len(marks)), rows)
    r.ok(all(1 <= n <= rows for n in marks), "marks of the timeline", str(marks))


def bars(r, figure):
    """How the confidence is shared out: each as long as it says."""
    p = [h["probability"] for h in r.hypotheses[:r.n_shown()]]
    p += [1 - sum(p) - r.analysis["unexplained"]] * (r.n_shown() < len(r.hypotheses)) + [r.analysis["unexplained"]]
    values = having(figure, "bar-value")
    r.ok(len(values) == len(p), "bars", str(len(values)), len(p))
    lengths = [float(n.get("width").rstrip("%")) for n in figure.iter() if tag(n) == "rect" and n.get("class") != "track"]
    for node, length, true in zip(values, lengths, p):
        r.ok(words.percent(said(node), true), "bar", said(node), true)
        r.ok(abs(length - 100 * true) < .006, "length of a bar", str(length), true)


def waterfall(r, figure):
    """The numbers of the lists and of their sum; each bar begins where the last one ended."""
    number = int(re.search(r"hypothesis (\d+)", said(figure))[1])
    h = r.hypotheses[number - 1]
    values = [float(said(n)) for n in having(figure, "bar-value")]
    labels = [said(n) for n in having(figure, "bar-label")]
    rects = [(float(n.get("x").rstrip("%")), float(n.get("width").rstrip("%"))) for n in figure.iter() if tag(n) == "rect"]
    reasons = {x["evidence"]: x["weight"] for x in h["for"] + h["against"]}
    for label, value in zip(labels, values):
        if label in reasons:
            r.ok(words.fixed(f"{value:+.2f}", reasons[label]), "bar of a sign", label, value)
    r.ok(abs(sum(values[:-1]) - values[-1]) < 1e-9, "bars add up", str(values))
    reached = [0]
    for value in values[:-1]:
        reached.append(reached[-1] + value)
    low, high = min(reached), max(reached)
    for i, (x, width) in enumerate(rects):
        ends = (reached[i], reached[i + 1]) if i < len(values) - 1 else (0, values[-1])
        r.ok(abs(x - 100 * (min(ends) - low) / (high - low)) < .02 and abs(width - 100 * abs(ends[1] - ends[0]) / (high - low)) < .02,
             "place of a bar", labels[i], ends)


def chart(r, item):
    """Each point of the line is a value of the series, and the farthest one of the window is among them."""
    name = said(next(n for n in item.iter() if tag(n) == "strong"))
    component, metric = next(key for key in r.bundle.series if f"{key[0]} {key[1]}" == name)
    ends = [words.number(said(n)) for n in having(item, "tick") if n.get("text-anchor") == "end" and not said(n).startswith("T")]
    path = next(n for n in item.iter() if tag(n) == "path" and "curve" in n.get("class", ""))
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML](\d+) (\d+)", path.get("d"))]
    values = [value for _, value, _ in r.bundle.series[component, metric]]
    scale = (max(ends) - min(ends)) / 1000
    drawn = [max(ends) - y * scale for _, y in points]
    r.ok(all(min(abs(d - v) for v in values) <= .51 * scale for d in drawn), "points of a chart", name)
    inside = [v for ns, v, _ in r.bundle.series[component, metric] if r.moments["start"] <= ns < (r.moments["end"] or 2**63)]
    r.ok(all(any(abs(d - v) <= .51 * scale for d in drawn) for v in (min(inside), max(inside))), "ends of a chart", name)


def check(r):
    n_charts = n_falls = 0
    for figure in r.figures:
        if having(figure, "mark"):
            timeline(r, figure)
        elif having(figure, "fall"):
            waterfall(r, figure)
            n_falls += 1
        elif having(figure, "charts"):
            items = [n for n in figure.iter() if tag(n) == "li"]
            n_charts = len(items)
            for item in items:
                chart(r, item)
        else:
            bars(r, figure)
    moved = sum(b.kind == "row" and b.caption.startswith("Metric series that moved most") for b in r.blocks)
    r.ok(n_charts == min(moved, 6), "charts", str(n_charts), moved)
    r.ok(n_falls == r.n_shown(), "waterfalls", str(n_falls), r.n_shown())
