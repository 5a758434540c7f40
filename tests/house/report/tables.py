"""The tables of an incident's report: what each column of numbers is held against. Rows are checked one by one, and a
budget as a whole at its total."""
import re

import words
from bundle import MINUTE, moment
from moments import counted, said_change, value
from pages import END, LINK, TO, plain
from rules import compiled, gains, hypothesis, named, quote, repeats

TABLES = []


def table(caption):
    def keep(checks):
        TABLES.append((re.compile(caption), checks))
        return checks
    return keep


def look(report, block):
    for caption, checks in TABLES:
        match = caption.fullmatch(block.caption)
        if match:
            checks(report, *block.cells)
            return True
    return False


def parts(pattern, cell):
    """The groups of a cell; a cell of another form gives an error that names it."""
    match = compiled(pattern).fullmatch(cell)
    if not match:
        raise ValueError(f"'{plain(cell)}' is not {pattern}")
    return match.groups()


def linked(cell):
    """(text, source); the source is None where there is none."""
    match = re.fullmatch(f"{LINK}([^{TO}]*){TO}#src-(\\d+){END}", cell)
    return match.groups() if match else (plain(cell), None)


def offset(report, text, ns):
    zero = report.moments["zero"]
    report.ok(zero is not None and words.offset(text, ns - zero), "offset from T+0", text, f"{ns} from {zero}")


def at(report, offset_cell, time_cell):
    """The time of a row, and its offset."""
    text, source = parts("«{T}»", time_cell)
    report.time(text, source)
    said, again = parts("«{O}»", offset_cell)
    report.ok(again == source, "offset and time cite one place", said)
    offset(report, said, moment(text)[0])
    return text


@table(r"Timeline; T\+0 is .*")
def timeline(r, number, where, when, text):
    r.row += 1
    r.ok(int(number) == r.row, "number of a row", number)
    time = at(r, where, when)
    ends = re.search(rf" \((\d+) times, the last at {LINK}([^{TO}]*){TO}#src-\d+{END}\)$", text)
    if ends:  # one row for entries that say the same
        text = text[:ends.start()]
        same = sorted(moment(e["at"])[0] for e in r.analysis["timeline"] if e["text"] == plain(text))
        r.ok(int(ends[1]) <= len(same) and any(words.offset(ends[2], ns - r.moments["zero"]) for ns in same), "entries in one row", text)
    change = re.match(r"Change \((\S+)\)(?: of (\S+))?(?: to (\S+?))?(?:, commit (\w+))?(?:: (.*))?$", plain(text))
    stated = {"The incident's window begins": "start", "The incident's window ends": "end", "Detected": "detected", "Mitigated": "mitigated"}
    if change:
        r.ok(any((c["kind"], c.get("component"), c.get("version"), c.get("commit", "")[:7] or None, c["text"] or None) == change.groups()
                 and moment(c["at"])[1] == time for c in r.bundle.all("change")), "change of the manifest", text)
    elif text in stated:
        r.ok(moment(time)[0] == r.moments[stated[text]], "moment that the manifest states", time)
    else:
        quote(r, text)
        repeats(r, plain(text), time)


@table("Intervals that matter")
def intervals(r, name, first, last, length):
    ends = [moment(parts("«{T}»", cell)[0])[0] for cell in (first, last)]
    for cell in (first, last):
        r.time(*parts("«{T}»", cell))
    text, source = parts("«{D}»", length)
    r.ok(words.span(text, ends[1] - ends[0]), "span between two moments", text, ends)
    r.ok(source == parts("«{T}»", last)[1], "span cites its later moment", text)
    words_of = {"first symptom": "symptom", "crash": "fatal", "first fatal line": "fatal", "detection": "detected",
                "mitigation": "mitigated", "Start": "start", "end of the window": "end"}
    error = re.match(r"First error \((.*)\) to (.*)", plain(name))
    if error:
        quote(r, error[1])
    sides = ["First error", error[2]] if error else plain(name).split(" to ", 1)
    for ns, side in zip(ends, sides):
        key = "error" if side == "First error" else words_of.get(side) or words_of.get(side.lower()) or "change"
        r.ok(r.moments.get(key) == ns, "the moment that an interval names", f"{side} at {ns}", r.moments.get(key))


@table("Outcome on record")
def outcome(r, role, status, cause, component, known, said):
    r.row += 1
    row = r.corpus.rows("SELECT * FROM outcomes WHERE incident = ? ORDER BY ordinal", r.id)[r.row - 1]
    text, source = parts("«{T}»", known)
    r.ok(text == row["known_at"], "when an outcome was known", text, row["known_at"])
    r.time(text, source)
    quote(r, said)


def status_of(r, status):
    promised = r.analysis["guarantee"] is not None
    return {"ruled-out": "ruled out" if promised else "ruled out as below 5 %, not promised",
            "confirmed": "confirmed" if promised else "confirmed as 90 % and more, not promised"}.get(status, status)


@table("Less probable ones")
def less_probable(r, rank, name, confidence, status):
    r.ranks.append(int(rank))
    r.ok(int(rank) == r.ranks[0] + len(r.ranks) - 1 and named(r, name) == int(rank) - 1, "rank", rank)
    p, s, q = parts(r"«{P}» \({Q}\)", confidence)
    hypothesis(r, int(rank) - 1, p, q, s)
    r.ok(plain(status) == status_of(r, r.hypotheses[int(rank) - 1]["status"]), "status", plain(status))
    r.ok(r.ranks[0] == 1 + r.n_shown(), "the first row follows those with a part of their own", rank)


@table("Changes in the bundle")
def changes(r, kind, component, version, when, before):
    text, source = parts("«{T}»", when)
    r.time(text, source)
    change = next((c for c in r.bundle.all("change") if moment(c["at"])[1] == text and said_change(c["kind"]) == plain(kind)
                   and c.get("component", "none named") == plain(component)), None)
    r.ok(change is not None and plain(version) == change.get("version", "not stated"), "change of the manifest", plain(kind))
    if re.search(r"\d", plain(before)):
        span, _ = parts("«{D}»", before)
        r.ok(words.span(span, r.moments["symptom"] - moment(text)[0]), "span between two moments", span)


@table("Levels that the bundle states, .*")
def levels(r, name, baseline, before, peak, from_before, from_baseline):
    stated = {}
    level = next(v for v in r.bundle.all("level") if f"{v['component']} {v['metric']}" == plain(name))
    for key, cell in (("baseline", baseline), ("before", before), ("peak", peak)):
        if key in level:
            text, source = parts("«{V}»", cell)
            r.ok(r.sources[int(source)] == ("incident.xml", str(level["line"])), "place of a level", text)
            value(r, text, level[key])
            stated[key] = float(level[key])
        else:
            r.ok(plain(cell) == "not stated", "value that is not stated", cell)
    for key, cell in (("before", from_before), ("baseline", from_baseline)):
        if key in stated:
            change, ratio, _ = parts(r"«([+-][\d.]+ %) \(([\d.]+ x)\)»", cell)
            r.ok(words.change(change, stated[key], stated["peak"]) and words.ratio(ratio, stated[key], stated["peak"]),
                 "change and ratio", plain(cell))


@table(r"Metric series that moved most, .*")
def series(r, name, baseline, farthest, change, left, score):
    component, metric = plain(name).split(" ")
    usual = r.evidence.usual[component, metric]
    true, peak, onset = usual.score()
    first, source = parts("«{V}»", baseline)
    member = next(e["href"] for e in r.bundle.all("metrics") if e["component"] == component)
    r.ok(r.sources[int(source)][0] == member, "file of a series", member)
    value(r, first, usual.centre)
    value(r, parts("«{V}»", farthest)[0], peak)
    said = plain(change)
    r.ok(words.change(said, usual.centre, peak) if usual.centre > 0 else said == "from 0 or below", "change and ratio", said)
    text, source = parts(r"«([\d.]+)»", score)
    r.ok(words.fixed(text, true), "score of a series", text, true)
    r.sources_give(text, source, true)
    if onset is None:
        r.ok(plain(left) == "none found", "onset of a series", left)
        return
    said, source = parts("«{O}»", left)
    offset(r, said, onset)
    what, line = r.sources[int(source)]
    r.ok(what == member and (not line.isdigit() or moment(r.bundle.lines(what)[int(line) - 1])[0] == onset), "onset at its line", said, line)


@table("Strongest findings of the detectors; .*")
def strongest(r, component, text, feature, strength):
    quote(r, text)
    true = r.strength(plain(feature), plain(text))
    kind = "strength that hangs on other components: 0 to 3.93, and falling"
    if true is not None:
        r.ok(words.fixed(plain(strength), true), "strength of a finding", plain(strength), (plain(text), true))
    else:
        r.unknown[kind] = r.unknown.get(kind, 0) + 1
        r.ok(0 < float(plain(strength)) <= 3.94, kind, plain(strength))
    r.ok(float(plain(strength)) <= r.strongest, "the strongest first", plain(strength))
    r.strongest = float(plain(strength))


@table("The first line of each kind, in order of time")
def sequence(r, where, text, lines, since, until):
    said, source = parts("«{O}»", where)
    what, line = r.sources[int(source)]
    ns = r.at_place(what, int(line))
    offset(r, said, ns)
    quote(r, text)
    counted(r, *parts("«{N}»", lines))
    if r.step is not None:
        r.ok(words.span(parts("«{D}»", since)[0], ns - r.step), "span between two moments", plain(since))
    r.step = ns
    if re.search(r"\d", plain(until)):
        r.ok(words.span(parts("«{D}»", until)[0], r.moments["fatal"] - ns), "span between two moments", plain(until))


@table("Ruled out .*")
def ruled_out(r, name, confidence, reason):
    i = named(r, re.sub(f"{TO}#[^{END}]*{END}", "", name))
    p, s, q = parts(r"«{P}» \({Q}\)", confidence)
    hypothesis(r, i, p, q, s)
    r.ok(r.hypotheses[i]["status"] == "ruled-out", "status", plain(name))
    if LINK in reason:
        quote(r, reason)


@table(r"The chain as offsets; T\+0 is .*")
def chain(r, number, where, when, text, component):
    r.row += 1
    r.ok(int(number) == r.row, "number of a row", number)
    time = at(r, where, when)
    change = re.match(r"([A-Z][\w ]*?) of (\S+)$", plain(text))
    if change and any("version" in c and (said_change(c["kind"]), c["version"]) == change.groups() for c in r.bundle.all("change")):
        r.ok(any(moment(c["at"])[1] == time for c in r.bundle.all("change")), "change of the manifest", text)
        return
    quote(r, text)
    repeats(r, plain(text), time, plain(component))


# ---- budgets -----------------------------------------------------------------------------------------------------

def share_of(r, name, block):
    """The probability of a row of a budget, and the sum that its rest is cut from."""
    hs, leading = r.hypotheses, r.hypotheses[0]
    number = re.match(r"H(\d+): (.*)", name)
    if name.startswith("unexplained"):
        return r.analysis["unexplained"]
    if number:
        r.ok(named(r, number[2]) == int(number[1]) - 1, "number of a hypothesis", name)
        return hs[int(number[1]) - 1]["probability"]
    if name == "all other hypotheses":
        return sum(h["probability"] for h in hs[r.n_shown():])
    if block == "Where the doubt lies":
        same = [(h, leading["component"] and h["component"] == leading["component"], h["category"] == leading["category"],
                 h["category"] == leading["category"] and h["cause"] == leading["cause"]) for h in hs[1:]]
        takes = {"the same component and category, another cause": lambda at, of, cause: at and of,
                 "the same component, another category": lambda at, of, cause: at and not of,
                 "the same cause, another component": lambda at, of, cause: not at and cause,
                 "another cause and another component, or none named": lambda at, of, cause: not at and not cause}.get(name)
        return sum(h["probability"] for h, *how in same if takes(*how)) if takes else leading["probability"]
    key = "category" if block == "Budget by category" else "component"
    sums = {}
    for h in hs:
        sums[h[key]] = sums.get(h[key], 0) + h["probability"]
    more = re.fullmatch(r"(\d+) more", name)
    if more:
        listed = sorted(sums.values(), reverse=True)
        r.ok(int(more[1]) == len(listed) - 12, "rows left out", name)
        return sum(listed[12:])
    titles = r.corpus.catalogue.categories
    return sums[next(k for k in sums if (titles.get(k, k) if key == "category" else k or "no component named") == name)]


@table("Where the doubt lies|Budget by (?:hypothesis|category|component)")
def budget(r, name, share, probability):
    if plain(name) == "Total":
        shown = sum(0 if s.startswith("<") else round(10 * float(s[:-2])) for s, _ in r.budget)
        r.ok(shown == 1000 and plain(share) == "100.0 %" and plain(probability) == "1", "the budget closes at 100 %", plain(share), r.budget)
        r.ok(abs(sum(p for _, p in r.budget) - 1) < 1e-9, "and its probabilities at 1", plain(share))
        r.budget.clear()
        return
    p = share_of(r, plain(name), r.block.caption)
    text, source = linked(share)
    r.ok(source is not None and words.percent(text, p), "share of a budget", text, (plain(name), p))
    r.ok(words.probability(plain(probability), p), "probability", plain(probability), p)
    r.sources_give(text, source, p)
    r.budget.append((text, p))


# ---- what is missing, what is like it, what was read ---------------------------------------------------------------

@table("Each missing kind of evidence, in percentage points of confidence")
def missing(r, name, points, interval, gain, learned):
    kind = next(k for k, t in r.corpus.catalogue.kinds.items() if t == plain(name))
    penalty = next(p for p in r.analysis["penalties"] if p["missing"] == kind)
    r.ok(words.points(linked(points)[0], penalty["points"]), "penalty of this incident", plain(points), penalty["points"])
    row = next((p for p in r.penalties() if p["missing"] == kind), None)
    shown = plain(interval)
    if row and row["low"] is not None and row["low"] < row["high"]:
        r.ok("FROM penalties" in r.sources[int(linked(interval)[1])][0], "query of an interval", shown)
        low, high = shown.split(" to ")  # as wide as the calibration's, about this incident's own
        moved = penalty["points"] - row["points"]
        r.ok(words.points(low, row["low"] + moved) and words.points(high, row["high"] + moved), "interval of a penalty", shown)
    else:
        r.ok(shown == "not learned", "interval of a penalty", shown)
    gains(r, plain(name), plain(gain))
    n = penalty["learned_from"]
    r.ok(plain(learned) == (f"{n} incident{'s' * (n != 1)}" if n else "the expert's value") and n == (row["incidents"] if row else 0),
         "incidents that a penalty was learned from", plain(learned), n)


@table("Past incidents nearest to this one")
def similar(r, name, similarity, shared, ended):
    r.row += 1
    true = r.similar()[r.row - 1]
    r.ok(plain(name) == true["incident"] + (f": {true['title']}" if true["title"] else ""), "incident that is like it", plain(name))
    e, t = true["evidence"], true["text"]
    services = [x[0] for x in r.corpus.rows("SELECT service FROM incidents WHERE incident IN (?, ?)", r.id, true["incident"])]
    whole = .8 * (e + t - e * t) + .2 * (services[0] == services[1] and services[0] is not None)
    text, source = linked(similarity)
    r.ok(words.fixed(text, whole), "similarity, from its two parts", text, whole)
    r.ok(r.sources[int(source)][0].startswith("hindcast similar "), "command of a similarity", text)
    after = re.search(r"; (mitigated|ended) after (.*?)(?:,|$)", plain(ended))
    row = r.corpus.rows("SELECT * FROM incidents WHERE incident = ?", true["incident"])[0]
    end = row["mitigated_at_ns"] or row["ended_at_ns"]
    if after:
        minutes = round((end - row["started_at_ns"]) / MINUTE)
        r.ok(words.nanoseconds(after[2]) == minutes * MINUTE or words.span(after[2], minutes * MINUTE), "how long a past one took", after[2])


@table("Files of evidence in the bundle")
def files(r, member, kind, size, rows, bad):
    content = r.bundle.content(plain(member))
    r.ok(words.size(plain(size), len(content)), "size of a file", plain(size), len(content))
    n = 0 if plain(kind) == "manifest" else r.bundle.n_rows(plain(member))
    r.ok(int(rows) == n and int(bad) == 0, "rows of a file", rows, n)


@table("Where each linked number and sentence comes from")
def sources(r, number, what, line):
    r.row += 1
    r.ok(int(number) == r.row, "number of a row", number)
    text = plain(what)
    if "begins" in line:
        r.ok(line == "1, where the series begins" and r.bundle.lines(text)[0].startswith("time,"), "the head of a table", line)
    elif line.isdigit():
        r.ok(0 < int(line) <= len(r.bundle.lines(text)), "a line of the file", line)
    elif line.startswith("SQL"):
        r.ok(len(r.corpus.cells(text)) > 0 and (r.id in text or "FROM calibrations" in text or "FROM penalties" in text),
             "a query that gives rows", text)
    elif line == "command":
        r.ok(text.startswith("hindcast ") and r.id in text, "a command of this incident", text)
