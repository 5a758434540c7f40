"""What docs/evidence.md defines, from a bundle: levels of series, lines by template, and whether a sentence of a
detector says them. A sentence that no row of SENTENCES knows is not checked, and the caller says so."""
import bisect
import math
import re
import statistics

import words
from bundle import HOUR, MINUTE, moment
from traces import Traces

NUM, CHANGE, WHEN = r"-?[\d.]+(?:e[+-]?\d+)?", r"(?: \(([^()]*)\))?", r"[\d-]+T[\d:.]+Z"
LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"]
CHANGES = {"rollback": .3, "scale": .7, "failover": .7, "maintenance": .7, "traffic-shift": .7, "other": .5}


def surprise(z, quiet):
    return math.log1p(min(max(z - quiet, 0), 50))


def rate_z(n, b, ratio, scatter):
    """Signed root of the deviance of a count against a reference's (analysis/stats/poisson.h gives the sources)."""
    expected, rest = (n + b) * ratio / (1 + ratio), (n + b) / (1 + ratio)
    deviance = 2 * sum(x * math.log(x / e) for x, e in ((n, expected), (b, rest)) if x)
    v = 1 / expected + 1 / rest
    return math.copysign(math.sqrt(max(deviance, 0) * v / (v + scatter**2)), n - expected)


class Usual:
    """A series against its reference: centre, scales, the worst, the onsets (docs/evidence.md, "The usual")."""

    def __init__(self, bundle, points):
        start, end = bundle.times["start"], bundle.times["end"] or 2**63
        at = [p[0] for p in points]
        first, last = bisect.bisect_left(at, start), bisect.bisect_left(at, end)
        ranges = [(moment(b["start"])[0], moment(b["end"])[0]) for b in bundle.all("baseline")]
        known = [p for i, p in enumerate(points) if not first <= i < last and (
            start - HOUR <= p[0] < start or any(a <= p[0] < b for a, b in ranges))]
        near = [v for t, v, _ in known if start - HOUR <= t < start]
        self.window = points[first:last]
        self.known = bool(known and self.window)
        if not self.known:
            return
        reference = [v for _, v, _ in known]
        own = statistics.median(reference)
        self.centre = statistics.median(near) if len(near) >= 5 else own
        mad = statistics.median(abs(v - own) for v in reference)
        span = max(abs(v) for v in reference)
        self.up = max(1.4826 * mad, .05 * abs(self.centre), .02 * span)
        at_ceiling = len(reference) >= 8 and own >= max(reference)
        self.down = max(1.4826 * mad, .002 * span) if at_ceiling else self.up
        if len(reference) >= 40:  # a heavy tail, each side for itself
            tails = statistics.quantiles(reference, n=20, method="inclusive")
            self.up, self.down = max(self.up, (tails[-1] - own) / 1.645), max(self.down, (own - tails[0]) / 1.645)
        values = sorted(v for _, v, _ in self.window)
        self.least, self.most = values[0], values[-1]
        low, high = values[:2], values[-2:]
        self.z = {1: max(sum(high) / len(high) - self.centre, 0) / self.up,
                  -1: max(self.centre - sum(low) / len(low), 0) / self.down}

    def onset(self, sign):
        scale = self.up if sign > 0 else self.down
        off = [sign * (v - self.centre) for _, v, _ in self.window]
        for i, x in enumerate(off):
            if x > 3 * scale and (i + 1 == len(off) or off[i + 1] > 1.5 * scale):
                return self.window[i][0]
        return next(p[0] for p, x in zip(self.window, off) if x >= .5 * max(0, *off))

    def score(self):
        """(what a report calls the score, the farthest value, when it left its baseline)"""
        up = self.z[1] > self.z[-1] or (self.z[1] == self.z[-1] and
                                        self.most - self.centre >= self.centre - self.least)
        score = surprise(self.z[1 if up else -1], 1)
        return score, self.most if up else self.least, self.onset(1 if up else -1) if score > 0 else None


class Lines:
    """The lines of a bundle by component, template and minute. Templates are told from their texts alone."""

    def __init__(self, bundle, templates):
        self.rows, self.start = {}, bundle.times["start"]
        start, end = bundle.times["start"], bundle.times["end"] or 2**63
        ranges = [(moment(b["start"])[0], moment(b["end"])[0]) for b in bundle.all("baseline")]
        ranges = ranges or [(start - HOUR, start)]
        self.patterns = sorted(((re.compile(".+?".join(map(re.escape, text.split("<*>")))), text)
                                for text in templates), key=lambda p: (-len(p[1].replace("<*>", "")), p[1]))
        self.told = {}
        minutes = {"window": set(), "reference": set(), "other": set()}
        for component, lines in bundle.logs.items():
            for ns, level, message, member, line in lines:
                minute = ns // MINUTE * MINUTE
                side = "window" if minute + MINUTE > start and minute < end else "reference" if any(
                    a <= minute < b for a, b in ranges) else "other"
                minutes[side].add(minute)
                row = self.rows.setdefault((component, self.template(component, message)), {
                    "level": level, "window": 0, "reference": 0, "other": 0, "first": ns})
                row[side] += 1
                row["first"] = min(row["first"], ns)
        self.covered = len(minutes["window"]) / len(minutes["reference"]) if minutes["reference"] else 0

    def template(self, component, message):
        """A line may begin with its component's name, which is no word of it."""
        if message not in self.told:
            said = [message] + [message.removeprefix(component + " ")] * message.startswith(component + " ")
            self.told[message] = next((t for m in said for p, t in self.patterns if p.fullmatch(m)), message)
        return self.told[message]

    def before(self, component, message):
        """Whether a line of its kind came before the window."""
        return self.rows[component, self.template(component, message)]["first"] < self.start

    def of(self, component, side, text=None, levels=LEVELS):
        return sum(row[side] for (c, t), row in self.rows.items()
                   if c == component and row["level"] in levels and text in (None, t))

    def ratio(self, component):
        """Window to baseline of its templates: their median, weighted by lines."""
        ratios = sorted(((r["window"] + .5) / (r["reference"] + .5), r["window"] + r["reference"])
                        for (c, _), r in self.rows.items() if c == component and r["window"] + r["reference"])
        total, reached = sum(w for _, w in ratios), 0
        for value, weight in ratios:
            reached += weight
            if 2 * reached >= total:
                return value


class Evidence:
    def __init__(self, bundle, templates):
        self.bundle = bundle
        self.lines, self.traces = Lines(bundle, templates), Traces(bundle)
        self.usual = {key: Usual(bundle, points) for key, points in bundle.series.items()}
        self.onsets = set()  # that sentences of changes count to
        stated = [bundle.times["detected"]] + [moment(s["at"])[0] for s in bundle.all("symptom") if "at" in s]
        self.stated = min((t for t in stated if t), default=None)

    # ---- sentences: each gives whether all its numbers are right

    def rise(self, metric, component, way, first, last, note, since, baseline):
        level = next((v for v in self.bundle.all("level") if v["metric"] == metric and v["component"] == component), None)
        if since is None and level:
            true = float(level.get("before", level.get("baseline"))), float(level["peak"])
            if (baseline is not None) != ("before" in level and "baseline" in level):
                return False
            if baseline is not None and not words.said(baseline, float(level["baseline"])):
                return False
        else:
            usual = self.usual[component, metric]
            sign = 1 if way == "rose" else -1
            true = usual.centre, usual.most if sign > 0 else usual.least
            if since is None or moment(since)[0] != usual.onset(sign):
                return False
        notes = note.split(", ") if note else []
        return words.said(first, true[0]) and words.said(last, true[1]) and (way == "rose") == (true[1] >= true[0]) and all(
            (words.change if n.endswith("%") else words.ratio)(n, *true) for n in notes)

    def level(self, n, what, new, component, quote, loudest, gone, reference):
        lines, levels = self.lines, {"error ": LEVELS[4:], "warning ": LEVELS[3:4]}.get(what, LEVELS)
        if int(loudest) != lines.of(component, "window", quote):
            return False
        if reference is not None and int(reference) != lines.of(component, "reference"):
            return False
        if reference is None and lines.of(component, "reference"):
            return False
        if new:
            return int(gone) == 0 and int(loudest) <= int(n) <= lines.of(component, "window") - sum(
                r["window"] for (c, _), r in lines.rows.items() if c == component and r["level"] in LEVELS[3:] and r["reference"])
        return int(n) == lines.of(component, "window", None, levels) and (
            gone is None or int(gone) == lines.of(component, "reference", None, levels))

    def signature(self, n, quote, component, in_all, gone, reference):
        lines = self.lines
        return int(n) == lines.of(component, "window", quote) and (
            in_all is None or int(n) < int(in_all) <= lines.of(component, "window")) and (
            gone is None or int(gone) <= lines.of(component, "reference") == int(reference))

    def gone(self, n, quote, component, expected):
        lines = self.lines
        return int(n) == lines.of(component, "window", quote) and words.fixed(
            expected, lines.of(component, "reference", quote) * lines.ratio(component))

    def volume(self, n, component, expected):
        return int(n) == self.lines.of(component, "window") and words.fixed(
            expected, self.lines.of(component, "reference") * self.lines.covered)

    def lifecycle(self, n, component, at, said):
        start, end = self.bundle.times["start"], self.bundle.times["end"] or 2**63
        found = [e for e in self.bundle.events if e["component"] == component and start <= e["ns"] < end
                 and e["kind"] == said.partition(" ")[0]]
        first = min(found, key=lambda e: e["ns"])
        return int(n) == len(found) and first["ns"] == moment(at)[0] and said == f"{first['kind']} {first['message']}"

    def changed(self, what, component, duration, way, to):
        for c in self.bundle.all("change"):
            kind = c["kind"] + ("" if c["kind"] in ("deploy", "rollback", "migration", "failover", "maintenance") else " change")
            version = f" of {c['version']}" if "version" in c else ""
            commit = f" ({c['commit'][:7]})" if "commit" in c else ""
            if kind + version + commit != what or c.get("component") != component:
                continue
            at, onsets = moment(c["at"])[0], [self.stated] if to == "first symptom" else self.signs()
            for onset in onsets:
                apart = onset - at
                if duration is None and apart == 0 or duration and (apart > 0) == (way == "before") and words.exactly(
                        duration, abs(apart)):
                    self.onsets.add(onset)
                    return len(self.onsets) == 1  # all count to one
        return False

    def own_time(self, component, times, n):
        true, over, _ = self.traces.pooled(component, self.traces.own, False)
        return words.fixed(times, true) and int(n) == over

    def beyond(self, component, times, n):
        true, over, _ = self.traces.pooled(component, self.traces.beyond, True)
        return words.fixed(times, true) and int(n) == over

    def made(self, caller, n, operation, callee, received, usual, of):
        t = self.traces
        return (int(n), int(received), int(usual), int(of)) == (
            t.made(caller, callee, operation, "window"), t.received(caller, "window"),
            t.made(caller, callee, operation, t.reference), t.received(caller, t.reference))

    def failed(self, n, of, component, usual, usual_of):
        t = self.traces
        return (int(n), int(of), int(usual), int(usual_of)) == tuple(
            t.received(component, phase, failed) for phase in ("window", t.reference) for failed in (True, False))

    def mixed(self, percent, component):
        return words.fixed(percent, 100 * self.distance(component))

    def distance(self, component):
        """Between the mixes of templates, less what sampling alone would show."""
        rows = [r for (c, _), r in self.lines.rows.items() if c == component and r["window"] + r["reference"]]
        b, n = (sum(r[side] for r in rows) for side in ("reference", "window"))
        apart = 0
        for r in rows:
            p = (r["reference"] + r["window"]) / (b + n)
            apart += .5 * abs(r["reference"] / b - r["window"] / n) - .5 * math.sqrt(2 / math.pi * p * (1 - p) * (1 / b + 1 / n))
        return max(apart, 0)

    def log_strength(self, feature, text):
        """Lines against the baseline's at the log's own rate, or by their number alone."""
        lines, match = self.lines, re.search(r"^(\d+) (?:error |warning )?lines?.*? from ([^\s,;]+)", text)
        if not match:
            return None
        n, component = int(match[1]), match[2]
        if feature == "log-new-template":
            return surprise(n / math.sqrt(lines.of(component, "window")), 0)
        if feature in ("log-volume-up", "log-volume-down"):
            z = rate_z(n, lines.of(component, "reference"), lines.covered, .3)
            return surprise(z if feature.endswith("up") else -z, 1)
        if feature in ("log-errors-up", "log-warnings-up"):
            levels = LEVELS[4:] if feature == "log-errors-up" else LEVELS[3:4]
            if not lines.of(component, "reference"):
                return surprise(math.sqrt(n), 0)
            return surprise(rate_z(n, lines.of(component, "reference", None, levels), lines.ratio(component), .15), 0)
        return None

    def strength(self, feature, text):
        """That of lines, spans, marks, a change or lifecycle events; None: not by this sentence alone."""
        if feature in ("is-service", "isolated", "unobserved"):
            return 1
        if feature == "log-flow-shift" and (mixed := re.search(r" of the lines of (\S+), chance", text)):
            return 5 * self.distance(mixed[1])
        spans = re.match(r"the (own time of spans of|time of a call beyond the callee's own, to) (\S+) is .* baseline,", text)
        if spans:
            own = spans[1].startswith("own")
            return self.traces.pooled(spans[2], self.traces.own if own else self.traces.beyond, not own)[2]
        if feature.startswith("log-"):
            return self.log_strength(feature, text)
        change = re.search(r"(?:([\d.]+ .*) (before|after)|at the time of) the first", text)
        events = re.match(r"(\d+) (?:lifecycle|failover) event", text)
        if events:
            return math.log1p(int(events[1]))
        if not change or not feature.startswith("change-"):
            return None
        apart = words.nanoseconds(change[1] or "0 s")
        near = 2**(-apart / (30 * MINUTE)) if change[2] == "before" else 1
        return near * (CHANGES.get(text.split(" ")[0], 1) if feature in ("change-near-onset", "change-upstream") else 1)

    def signs(self):
        """Onsets of strong findings, before what is stated."""
        start = self.bundle.times["start"]
        found = {u.onset(s) for u in self.usual.values() if u.known for s in (1, -1) if surprise(u.z[s], 1) >= 2.4}
        found |= {e["ns"] for e in self.bundle.events}
        found |= {ns for lines in self.bundle.logs.values() for ns, *_ in lines if ns >= start}
        found |= {ns // MINUTE * MINUTE for ns in found}
        return sorted(t for t in found | {start} if self.stated is None or t < self.stated)

    SENTENCES = [
        (rf"(\S+) of (\S+) (rose|fell) from ({NUM})(?: \S+)? to ({NUM})(?: [^\s(,]+)?{CHANGE}"
         rf"(?:, away from its usual level since ({WHEN}))?(?:, baseline ({NUM}) ?\S*)?", rise),
        (r"(\d+) (error |warning |)lines?( of templates that its log did not have before|) from (\S+), most often '(.*)' "
         r"\((\d+)\)(?:, against (\d+) of (\d+) lines? in the baseline|; no line of it from the baseline is in the bundle)", level),
        (r"(\d+) lines? '(.*)' from ([^\s,;]+)(?:, (\d+) that say .* in all)?(?:, none in the baseline|; no line of it from the "
         r"baseline is in the bundle|, (\d+) of (\d+) lines in the baseline)", signature),
        (r"(\d+) lines? '(.*)' from (\S+), where its other lines let expect ([\d.]+)", gone),
        (r"(\d+) lines? from (\S+), where its baseline lets expect (\d+)", volume),
        (rf"(\d+) (?:lifecycle|failover) events? of (\S+) in the window, the first at ({WHEN}): (.*)", lifecycle),
        (r"(\S+(?: change)?(?: of \S+ \(\w+\)| of v\S+)?) (?:to|of) (\S+) (?:([\d.]+ .*) (before|after)|at the time of) the "
         r"(first symptom|first sign of trouble)", changed),
        (r"(\d+) % of the lines of (\S+), chance taken off, are of other templates than in the baseline", mixed),
        (r"the own time of spans of (\S+) is ([\d.]+) x its baseline, over (\d+) spans of the window", own_time),
        (r"the time of a call beyond the callee's own, to (\S+) is ([\d.]+) x its baseline, over (\d+) spans of the window", beyond),
        (r"(\S+) made (\d+) spans (.*) of (\S+) for (\d+) calls it received in the window, (\d+) for (\d+) in the baseline", made),
        (r"(\d+) of (\d+) spans of (\S+) failed in the window, (\d+) of (\d+) in the baseline", failed),
    ]

    def check(self, text):
        """True or False; None: no sentence that is known."""
        for pattern, says in self.SENTENCES:
            match = re.fullmatch(pattern, text)
            if match:
                return bool(says(self, *match.groups()))
        return None
