"""The classes of numbers in an incident's report, and what each is held against. A line, or a row of a table, with a digit
in it must be matched whole by a rule; what no rule matches is counted as unknown, and that fails.

Patterns: «..» is a link with its source, {P} a per cent, {Q} a probability, {N} a count, {T} a time, {D} a span, {O} an
offset, {V} a value with its unit, {W} nats, {K} points, {S} text without a digit, {A} any text, which
is checked; the rest is a regular expression. Links give two
groups, the text's (or those in it) and the source's number."""
import math
import re

import words
from bundle import MINUTE, moment
from pages import CODE, DONE, END, LINK, TO, plain

CLASSES = {"P": r"((?:[<>] )?[\d.]+ %)", "Q": r"((?:[<>] )?[\d.]+)", "N": r"(\d+)", "T": r"(\d{4}-\d\d-\d\dT[\d:.]+Z)",
           "D": r"(-?[\d.]+ (?:s|min|h|d)(?: [\d.]+ (?:s|min|h))?)", "O": r"(T[+-][\d.]+ (?:s|min|h|d)(?: [\d.]+ (?:s|min|h))?)",
           "V": r"(-?[\d.\u202f]+)(?: (?!\()[^\s\x02]+)?", "W": r"([+-][\d.]+)", "K": r"([+-][\d.]+ points)", "S": r"([^\d]*?)", "A": r"(.*?)"}
RULES = []


def compiled(pattern):
    pattern = pattern.replace("«", LINK).replace("»", f"{TO}#src-(\\d+){END}").replace("`", f"[{CODE}{DONE}]")
    return re.compile(re.sub(r"\{([PQNTDOVWKSA])\}", lambda m: CLASSES[m[1]], pattern))


def rule(section, pattern):
    """For lines of the sections whose title begins so."""
    def keep(checks):
        RULES.append((section, compiled(pattern), checks))
        return checks
    return keep


def look(report, block, text):
    for section, pattern, checks in RULES:
        match = block.section.startswith(section) and pattern.fullmatch(text)
        if match:
            checks(report, *match.groups())
            return True
    return False


# ---- quotes: text that is not the report's own ------------------------------------------------------------------

def quote(report, text, source=None):
    """A sentence of a detector, or text of the bundle as it stands there. A line of a log that a sentence cites is the first
    of its template, and of that which the sentence quotes."""
    linked = re.search(f"{TO}#src-(\\d+){END}", text)
    what, line = report.sources[int(source or linked[1])] if source or linked else ("", "")
    text = plain(text).strip()
    if what.startswith("logs/") and line.isdigit() and (lines := report.templates_of(what)):
        template, said = lines[int(line)], re.search(r"'(.*)'", text)
        report.ok(all(t != template for n, t in lines.items() if n < int(line)) and (not said or said[1] == template or report.evidence
                  .check(text) is None), "line of a log that a sentence cites", text, template)
    if not re.search(r"\d", text) or re.fullmatch(r".*: looked for, not seen: .*: 1 or 0\.", text):
        return
    known = report.evidence.check(text)
    if known is not None:
        report.ok(known, "sentence of the evidence", text)
        return
    said = re.sub(r" \((\d+) times(?:, the last (?:at|in the minute from) (\S+))?\)$", "", text)
    if {said, said.partition(": ")[2]} & report.texts():
        report.ok(True, "quoted from the bundle", text)
        return
    for pattern, kind in UNCHECKED:
        if re.fullmatch(pattern, text):
            report.unknown[kind] = report.unknown.get(kind, 0) + 1
            report.ok(text in report.analysis_texts(), "sentence as the analysis gives it", text)
            return
    report.ok(False, "text from nowhere", text)


# Sentences whose numbers are not recomputed here, each with the reason; they are held against the analysis alone.
UNCHECKED = [
    (r"a call to .* takes [\d.]+ x its own time, .*", "spans of a window without a baseline: against the median callee"),
    (r"in .* followed in [\d.]+ % of \d+ times before, in [\d.]+ % of \d+ in the window", "flows: what followed what within traces"),
    (r".* left its usual level .* after the first", "first onset: over all detectors"),
    (r"\d+ further signs? of less than 0.05 nats(?: each)?\.", "signs that the analysis does not list"),
]


def repeats(report, text, at, component=None):
    """`(9 times, the last at ...)` after a line of a log: as many lines of its template and level from then on."""
    match = re.search(r"^(.*) \((\d+) times(?:, the last (at|in the minute from) (\S+))?\)$", text)
    if not match:
        return
    found = report.like(match[1], moment(at)[0])
    report.ok(int(match[2]) == len(found), "times a line came", text, f"{len(found)}")
    if match[3]:
        last = max(found, default=0)
        report.ok(moment(match[4])[0] == (last if match[3] == "at" else last // MINUTE * MINUTE), "when it came last", text)


# ---- the analysis ------------------------------------------------------------------------------------------------

def hypothesis(report, i, percent, probability, source=None):
    p = report.hypotheses[i]["probability"]
    report.ok(words.percent(percent, p), "confidence", percent, p)
    if probability:
        report.ok(words.probability(probability, p), "probability", probability, p)
    if source:
        report.sources_give(percent, source, p)


def named(report, name):
    """The index of the hypothesis that is called so."""
    report.ok(plain(name) in report.names, "name of a hypothesis", name)
    return report.names.index(plain(name)) if plain(name) in report.names else 0


def unexplained(report, percent, probability, source):
    p = report.analysis["unexplained"]
    report.ok(abs(1 - p - sum(h["probability"] for h in report.hypotheses)) < 1e-9, "probabilities add up to 1", percent)
    report.ok(words.percent(percent, p) and words.probability(probability, p), "unexplained", percent, p)
    report.sources_give(percent, source, p)


def caveat(report, learned, needed):
    if learned:
        report.ok(report.calibration and int(learned) == report.calibration["incidents"], "incidents learned from", learned)
        report.ok(int(needed) == 60, "incidents that a promise needs", needed)


CAVEAT = r"(?:, which rests on (\d+) past incidents?, of (\d+) that a promise needs|, by the expert prior: no past incident backs it|)"


@rule("Summary", r"(?:{S}\. |)(?:Confirmed by the analysis: |Most likely: |No cause stands out\. The most probable is ){A}, «{P}» \({Q}\)"
      + CAVEAT + r"\. (?:Next: {A}, «{P}» \({Q}\)\. |)A cause that is not in the list: «{P}» \({Q}\)\.")
def lead(r, _, name, p, s, q, learned, needed, next_name, next_p, next_s, next_q, u, us, uq):
    hypothesis(r, 0, p, q, s)
    r.ok(named(r, name) == 0, "the leading one", name)
    caveat(r, learned, needed)
    if next_p:
        hypothesis(r, 1, next_p, next_q, next_s)
    unexplained(r, u, uq, us)


@rule("Summary", r"Confidence in the leading hypothesis: «{P}»")
def card(r, p, s):
    hypothesis(r, 0, p, None, s)


@rule("", r"Confidence: «{P}» \({Q}\)" + CAVEAT)
def confidence(r, p, s, q, learned, needed):
    part = re.match(r"Hypothesis (\d+)", r.block.part)
    hypothesis(r, int(part[1]) - 1 if part else 0, p, q, s)
    caveat(r, learned, needed)


@rule("", r"Hypothesis {N}: {A}")
def heading(r, number, name):
    r.ok(named(r, name) == int(number) - 1, "number of a hypothesis", number)


@rule("", r"{S}: (?:this is its leading hypothesis|its leading hypothesis is {A}), «{P}» \({Q}\)\.{S}(?: To the cause on record it gives «{P}»"
      r" \({Q}\), rank «{N} of {N}»\.|){S}")
def agreement(r, _, name, p, s, q, __, p2, s2, q2, rank, of, ___, ____):
    hypothesis(r, 0, p, q, s)
    if p2:
        rank, of = int(rank), int(of)
        hypothesis(r, rank - 1, p2, q2, s2)
        found = r.corpus.rows("SELECT * FROM outcomes WHERE incident = ? AND ordinal = 0", r.id)[0]
        same = [h["rank"] for h in r.hypotheses if all(h[k] == found[k] for k in ("category", "component") + ("cause",) * bool(found["cause"]))]
        r.ok(rank == same[0] and of == len(r.hypotheses), "rank of the cause on record", str(rank))


@rule("", r"{A}, at «{P}» \({Q}\), is «{Q} nats» behind the leading one\.")
def behind(r, name, p, s, q, nats, _):
    r.ok(named(r, name) == 1, "the second one", name)
    hypothesis(r, 1, p, q, s)
    ratio = math.log(r.hypotheses[0]["probability"] / r.hypotheses[1]["probability"])
    r.ok(words.fixed(nats, ratio), "nats behind", nats, ratio)


@rule("", r"{N} more, together «{P}» \({Q}\)\.")
def further(r, n, p, s, q):
    rest = [h["probability"] for h in r.hypotheses[len(r.hypotheses) - int(n):]]
    r.ok(int(n) == len(r.hypotheses) - max(r.ranks), "hypotheses left out", n)
    r.ok(words.percent(p, sum(rest)) and words.probability(q, sum(rest)), "sum of the rest", p, sum(rest))
    r.sources_give(p, s, sum(rest))


def weights(r, evidence, text, nats, source=None, of=None):
    """The weight of a sign, by name or sentence, of the hypothesis whose part this is."""
    part = re.match(r"Hypothesis (\d+)", r.block.part)
    h = r.hypotheses[of if of is not None else int(part[1]) - 1 if part else 0]
    reasons = [x for x in h["for"] + h["against"] if evidence in (None, x["evidence"]) and text in (
        None, (x["text"] or x["evidence"]).strip())]
    r.ok(any(words.fixed(nats, x["weight"]) for x in reasons), "weight in nats", f"{nats} {evidence or text}")
    if source and reasons:
        r.sources_give(nats, source, next((x["weight"] for x in reasons if words.fixed(nats, x["weight"])), 0))


@rule("", r"Prior: What remains: how usual this fault is before any evidence \(([\d.e-]+) %; {N} confirmed incidents? of this category, {N} "
      r"of this cause, {N} candidates?\) and how strong its rivals are\. \(«{W}»\)")
def prior(r, share, n_category, n_cause, candidates, nats, s):
    h = r.hypotheses[int(re.match(r"Hypothesis (\d+)", r.block.part)[1]) - 1]
    r.ok(int(n_category) == r.learned(h["category"]), "confirmed of the category", n_category, r.learned(h["category"]))
    r.ok(int(n_cause) == r.learned(h["category"], h["cause"]), "confirmed of the cause", n_cause)
    r.ok(int(candidates) == r.n_candidates(), "candidates", candidates)
    r.ok(any(f"evidence ({share} %; " in x["text"] for x in h["for"] + h["against"] if x["evidence"] == "prior"),
         "prior, as the analysis gives it", share)
    weights(r, "prior", None, nats, s)


@rule("", r"«{A}» \(«{W}», `{S}`\)")
def sign(r, text, source, nats, s, evidence):
    quote(r, text, source)
    weights(r, evidence, plain(text), nats, s)


@rule("", r"{A} \(«{W}», `{S}`\)")
def quiet_sign(r, text, nats, s, evidence):
    quote(r, text)
    weights(r, evidence, plain(text), nats, s)


@rule("", r"{N} more, together {W}")
def more_signs(r, n, nats):
    """What the shown ones leave of a side."""
    h, side, listed = r.hypotheses[int(re.match(r"Hypothesis (\d+)", r.block.part)[1]) - 1], None, []
    for block in r.blocks[:r.blocks.index(r.block_in_report)]:
        if block.part == r.block.part and block.text.startswith("Evidence "):
            side, listed = block.text.split(" ")[1].rstrip(":"), []
        elif block.part == r.block.part and (of := re.search(rf"\({LINK}([+-][\d.]+){TO}#src-\d+{END}, ", block.text)):
            listed.append(float(of[1]))
    every = [x["weight"] for x in h[side] if x["evidence"] != "prior" and abs(x["weight"]) >= .005]
    r.ok(int(n) == len(every) - len(listed), "signs listed and left out", n)
    r.ok(abs(float(nats) - (sum(every) - sum(listed))) <= .005 * (1 + len(listed)) + 1e-9, "sum of the signs left out", nats)


@rule("", r"In all: prior {W}, evidence for {W}, against {W}(?:, too small to list or lost in rounding {W}|): {W} nats, the log odds ln\(p / "
      r"\(1 - p\)\) of its confidence\.")
def in_all(r, prior, for_it, against, rest, whole):
    h = r.hypotheses[int(re.match(r"Hypothesis (\d+)", r.block.part)[1]) - 1]
    p, shown = h["probability"], [float(prior), float(for_it), float(against), float(rest or 0)]
    r.ok(words.fixed(whole, math.log(p / (1 - p))), "log odds of its confidence", whole, math.log(p / (1 - p)))
    r.ok(abs(sum(shown) - float(whole)) < 1e-9, "the budget of nats closes", whole)
    sides = [[x["weight"] for x in h[side] if x["evidence"] != "prior" and abs(x["weight"]) >= .005] for side in ("for", "against")]
    for printed, side in zip(shown[1:], sides):
        r.ok(abs(printed - sum(side)) <= .005 * 5, "sum of a side", str(printed), sum(side))


@rule("Hypotheses", r"The number in brackets is the weight of the evidence in nats: \+0\.69 doubles the odds of the hypothesis against the "
      r"average one, -0\.69 halves them\. {S}")
def doubles(r, _):
    r.ok(words.fixed("0.69", math.log(2)), "ln 2", "0.69")


@rule("", r"«{A}» \(«{W}»\)")
def case(r, text, source, nats, s):
    quote(r, text, source)
    if r.block.part.startswith("The case"):
        side = [x for h in r.hypotheses[:2] for x in h["for"] + h["against"]] + r.analysis["runner_up"].get("flips_without", [])
        r.ok(any((x["text"] or x["evidence"]).strip() == plain(text) and words.fixed(nats, x["weight"]) for x in side),
             "weight in nats", nats, plain(text))
    else:
        weights(r, None, plain(text), nats, s)


@rule("", r"{A} \(«{W}»\)")
def quiet_case(r, text, nats, s):
    case(r, text, None, nats, s)


@rule("", r"{S}: {S}, at «{P}» of the strongest such sign")
def flip(r, kind, text, p, _):
    flips = [f for f in r.analysis["runner_up"]["flips_with"] if r.corpus.catalogue.kinds[f["missing"]] == plain(kind)]
    r.ok(any(math.ceil(100 * f["needs"]) == int(p[:-2]) for f in flips), "share of the strongest sign", p, flips)


@rule("", r"It is «([\d.]+ x)» as probable as the next, {A}\.")
def times(r, ratio, s, name):
    p = [h["probability"] for h in r.hypotheses]
    r.ok(named(r, name) == 1, "the second one", name)
    r.ok(words.ratio(ratio, p[1], p[0]), "ratio of the first two", ratio)
    r.sources_give(ratio, s, p[0] / p[1])


@rule("", r"{A} {N} more (?:is|are) as likely: which of them stands first follows from their names alone\.")
def tied(r, said, n):
    named(r, re.sub(r"^.*?: |\.$", "", plain(said)))
    r.ok(int(n) == r.analysis["tied"] - 1, "others as likely", n)


@rule("Ruled-Out", r"\"Ruled out\" means outside the {N} % conformal set, learned from {N} confirmed incidents\. Over {S} in at least {N} of 100; {S}")
def promise(r, level, n, _, again, __):
    guarantee = r.analysis["guarantee"]
    r.ok(guarantee and int(level) == int(again) == round(100 * guarantee["level"]) == 95, "the guarantee's level", level)
    r.ok(int(n) == guarantee["incidents"] == r.calibration["incidents"] >= 60, "incidents of the guarantee", n)


@rule("", r"{N} more (?:is|are) ruled out(?: as below 5 %, not promised|)\.")
def more_out(r, n):
    out = [h for h in r.hypotheses if h["status"] == "ruled-out" and h["category"] != "other"]
    shown = sum(b.kind == "row" and b.section == r.block.section for b in r.blocks)
    r.ok(int(n) == len(out) - shown, "ruled out and not listed", n)


# ---- what is left of the text ------------------------------------------------------------------------------------

@rule("Summary", r"Would tell most: {S}, (?:average gain seen|expected gain by the expert's penalty) «{K}»\. {S}")
def tells_most(r, kind, gain, _, __):
    gains(r, plain(kind), gain)


def gains(report, title, text):
    """What past incidents gained by having the kind: as expected, but no more than was seen and than is left."""
    kind = next(k for k, t in report.corpus.catalogue.kinds.items() if t == title)
    leading = report.hypotheses[0]["probability"]
    expected = next((n["expected_confidence"] for n in report.analysis["next_evidence"] if n["kind"] == kind), leading) - leading
    row = next((p for p in report.penalties() if p["missing"] == kind), None)
    if row and row["low"] is not None and row["low"] < row["high"]:
        own = next(p["points"] for p in report.analysis["penalties"] if p["missing"] == kind)
        expected = min(expected, -(own + row["low"] - row["points"]))
    expected = min(expected, 1 - leading) if expected >= .0005 else 0
    report.ok(text == "none" if expected == 0 else words.points(text, expected), "gain of a kind of evidence", text, expected)


@rule("Remaining", r"{S} Would be answered by: {S} \(expected change of the doubt: «{W} nats»\)\.")
def answered(r, _, kind, nats, __):
    found = [n["entropy_change"] for n in r.analysis["next_evidence"] if r.corpus.catalogue.kinds[n["kind"]] == plain(kind)]
    r.ok(any(words.fixed(nats, x) for x in found), "expected change of the doubt", nats, found)


@rule("Detection &", r"{N} kinds? of evidence (?:is|are) missing: {S}")
def kinds_missing(r, n, _):
    listed = [b for b in r.blocks if b.part == "Missing evidence" and b.kind == "li"]
    known = [b for b in listed if plain(b.text).partition(":")[0] in r.corpus.catalogue.kinds.values()]
    r.ok(int(n) == len(known), "kinds listed as missing", n, len(known))


@rule("Detection &", r"Components without any telemetry in the bundle: {A}(?: and {N} more|)\.")
def dark(r, names, n):
    b = r.bundle
    seen = set(b.logs) | {c for c, _ in b.series} | {e["component"] for e in b.events} | {v["component"] for v in b.all("level")} | {
        callee for _, callee, _ in r.evidence.traces.edges}
    unseen = [c["name"] for c in b.all("component") if c["name"] not in seen]
    r.ok(len(plain(names).split(", ")) + int(n or 0) == len(unseen), "components without telemetry", n or "0", unseen)


@rule("Evidence Eval", r"The detectors gave {N} items in all; these are the largest\.")
def items(r, n):
    r.ok(int(n) > sum(b.caption.startswith("Strongest") and b.kind == "row" for b in r.blocks), "items in all: more than are listed", n)


@rule("Data", r"Topology: «{N} components?», with «{N} dependenc(?:y|ies)»")
def components(r, n, s, edges, s2):
    r.sources_give(n, s, int(n))
    r.sources_give(edges, s2, int(edges))
    rows = r.corpus.rows("SELECT (SELECT count(*) FROM components WHERE incident = ?1), (SELECT count(*) FROM dependencies WHERE incident = ?1)", r.id)
    r.ok((int(n), int(edges)) == tuple(rows[0]), "components and dependencies", n)
    stated = {c["name"] for c in r.bundle.all("component")} | set(r.bundle.logs) | {c for c, _ in r.bundle.series}
    r.ok(int(n) >= len(stated), "components of the manifest", n, stated)


@rule("Data", r"Read: «{N} metric series», «{N} log templates?», «{N} events? kept», {N} trace edges?, «{N} documents?»")
def read(r, series, s, templates, s2, events, s3, edges, documents, s4):
    for text, source in ((series, s), (templates, s2), (events, s3), (documents, s4)):
        r.sources_give(text, source, int(text))
    r.ok(int(series) == sum(bool(p) for p in r.bundle.series.values()), "series of the files", series)
    r.ok(int(templates) == len(r.corpus.rows("SELECT DISTINCT template FROM log_counts WHERE incident = ?", r.id)), "templates", templates)
    r.ok(int(events) == r.corpus.rows("SELECT count(*) FROM events WHERE incident = ?", r.id)[0][0], "events kept", events)
    r.ok(int(edges) == len(r.evidence.traces.edges), "trace edges", edges)
    r.ok(int(documents) == len(r.bundle.all("document")), "documents", documents)


@rule("Data", r"`{S}`: {A}{A}")
def odd(r, code, message, more):
    said = {(w["code"], w["message"].strip(), w["more"]) for w in r.corpus.rows("SELECT * FROM warnings WHERE incident = ? AND current", r.id)}
    n = re.search(r" \(and (\d+) more like it\)$", message + more)
    r.ok((code, plain((message + more)[:n.start() if n else None]), int(n[1]) if n else 0) in said, "warning as the corpus has it", message)


@rule("Data", r"Calibration «{N}», learned from {N} confirmed incidents?, as of {T}\. {S}")
def calibration(r, number, s, n, as_of, _):
    c = r.calibration
    r.ok((int(number), int(n), as_of) == (c["calibration"], c["incidents"], c["as_of"]), "calibration", number)
    r.sources_give(number, s, int(number))
    known = r.corpus.rows("SELECT count(*) FROM outcomes JOIN incidents USING (incident) WHERE ordinal = 0 AND status = 'confirmed' AND NOT conflict "
                          "AND known_at_ns <= ?", c["as_of_ns"])[0][0]
    r.ok(int(n) == known, "confirmed by then", n, known)


@rule("Similar", r"None began before this one; {N} in the corpus at hand began later\.")
def none_before(r, n):
    ns = r.bundle.times["start"]
    r.ok(int(n) == r.corpus.rows("SELECT count(*) FROM incidents WHERE started_at_ns > ?", ns)[0][0], "incidents that began later", n)


@rule("Primary", r"{N} more (?:is|are) left out\. Shown is what was observed {S}")
def links_left_out(r, n, _):
    shown = sum(b.kind == "row" and b.section == r.block.section and b.caption.startswith("The chain") for b in r.blocks)
    r.ok(shown >= 12 and int(n) > 0, "links of the chain left out", n)


# What is said in every report alike: definitions and thresholds, each where it is documented.
FIXED = [
    r"In these tables .* add up to 100\.0 %, .* by one tenth; \"< 0\.1 %\" counts as 0\. .*",  # largest remainder: BUDGETS checks
    r"(?:Short|Medium|Long) term \((?:0 to 7 days|1 to 4 weeks|1 to 3 months)\)",  # names of the horizons
    r"No rule names one of 5 % and more, .*",  # CONTRIBUTING_LEAST
    r"Nothing is promised: .* less probable than 5 %, by a stated threshold, .*",  # the contract's .05
    r"None is ruled out as below 5 %, not promised\.",
    r"Each pair of component and cause is a hypothesis; .* Their probabilities add up to 1\. .*",
    r"The first symptom is .* of strength 2\.4 and more \(ten scales off the baseline\) .*",  # ln 11
    r"T\+0 is the last change .*", r"A leading cause below \.25 is called .*", r"A level counts as elevated beforehand from 1\.5 times .*",
    r"(?:Status|Leading hypothesis): (?:confirmed as 90|ruled out as below 5) %[a-z ]*, not promised(?: [^\d]*)?",
    r"(?:sev\d+ )?(?:ended|open|no time stated)(?: .*)?", r"Severity: sev\d+", r"Service: .*", r"Incident: .*",
    r"Content \(SHA-256\): .*", r"Source: .*", r"Commit: .*",
    r"The corpus (?:does not keep|keeps) this analysis: .*",
    r"The timeline to scale; the numbers are the rows of the table",
]


def is_fixed(report, block):
    """The ids, versions and digests among them are the manifest's own."""
    text = plain(block.text)
    for name, true in (("Severity", report.bundle.text("severity")), ("Service", report.bundle.service), ("Incident", report.id)):
        if text.startswith(name + ": "):
            report.ok(text == f"{name}: {true}", "text of the manifest", text)
    if text.startswith("Commit: "):
        report.ok(text.removeprefix("Commit: ") in [c.get("commit") for c in report.bundle.all("change")], "text of the manifest", text)
    return any(re.fullmatch(pattern, text) for pattern in FIXED)
