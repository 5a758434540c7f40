"""One incident's report and what it is held against: its bundle, the corpus's views, the command that it cites."""
import json
import os
import re
import shlex
import sqlite3
import subprocess
import xml.etree.ElementTree as ET

import pages
from bundle import MINUTE, Bundle, moment
from evidence import LEVELS, Evidence, surprise

CATALOGUE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "analysis", "model", "catalogue.xml")
PREPOSITIONS = ("of", "in", "on", "by", "at", "under", "for", "before")


class Catalogue:
    def __init__(self):
        root = ET.parse(CATALOGUE).getroot()
        local = {node: pages.tag(node) for node in root.iter()}
        self.kinds = {n.get("id"): n.get("title") for n in root.iter() if local[n] == "kind"}
        self.categories = {n.get("id"): n.get("title") for n in root.iter() if local[n] == "category"}
        self.causes = {(n.get("id"), c.get("id")): (c.get("title"), next(
            (s.text for s in c if local[s] == "sentence"), None)) for n in root.iter() if local[n] == "category"
            for c in n if local[c] == "cause"}

    def say(self, h):
        title, sentence = self.causes.get((h["category"], h["cause"]), (h["cause"] or self.categories.get(
            h["category"], h["category"]), None))
        if not sentence:
            return title + (f" in {h['component']}" if h["component"] else "")
        if h["component"]:
            return sentence.replace("{component}", h["component"])
        without = re.sub(rf" (?:{'|'.join(PREPOSITIONS)}) {{component}}", "", sentence)
        return without.replace("{component}", "a component") + " (component unknown)"


class Corpus:
    """The file, through its views; the program only where a view needs its functions or a command is cited."""

    def __init__(self, hindcast, path, bundles):
        self.hindcast, self.path, self.bundles = hindcast, path, bundles
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row
        self.catalogue, self.kept = Catalogue(), {}
        self.log_templates = dict(self.db.execute("SELECT template, text FROM log_templates"))

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def run(self, *arguments):
        if arguments not in self.kept:
            self.kept[arguments] = subprocess.run([self.hindcast, "-q", "-c", self.path, *arguments], check=True,
                                                  capture_output=True, text=True).stdout
        return self.kept[arguments]

    def cells(self, sql):
        """All values that a cited query gives."""
        if sql not in self.kept:
            self.kept[sql] = [value for row in self.rows(sql) for value in row]
        return self.kept[sql]

    def count(self, queries):
        """Those that only the program can run, each by itself, in one call."""
        if queries:
            row = json.loads(self.run("query", "--format", "json", "SELECT " + ", ".join(
                f"({sql}) AS q{i}" for i, sql in enumerate(queries))))[0]
            self.kept.update((sql, [row[f"q{i}"]]) for i, sql in enumerate(queries))


class Report:
    """What the checks ask for, by name; failures and counts are kept."""

    def __init__(self, corpus, stem):
        self.corpus, self.id, self.stem = corpus, os.path.basename(stem), stem
        self.blocks, self.figures = pages.html(stem + ".html")
        self.failed, self.counted, self.unknown = [], {}, {}
        self.sources = self._sources()
        corpus.count([what for what, _ in self.sources.values() if "log_minutes(" in what])
        self.bundle = Bundle(os.path.join(corpus.bundles, self.id))
        self.evidence = Evidence(self.bundle, [r[0] for r in corpus.rows(
            "SELECT DISTINCT t.text FROM log_counts AS c JOIN log_templates AS t USING (template) WHERE c.incident = ?", self.id)])
        self.analysis = self._analysis()
        self.hypotheses = self.analysis["hypotheses"]
        self.names = [corpus.catalogue.say(h) for h in self.hypotheses]
        self.calibration = next(iter(corpus.rows("SELECT * FROM calibrations WHERE calibration = ?",
                                                 self.analysis["calibration"])), None)
        times = self.bundle.times
        self.moments = {"start": times["start"], "end": times["end"], "detected": times["detected"],
                        "mitigated": times["mitigated"]}
        self._moments()

    def _sources(self):
        found = {}
        for block in self.blocks:
            if block.kind == "row" and block.section == "Evidence sources":
                what, line = pages.plain(block.cells[1]), pages.plain(block.cells[2])
                found[int(block.cells[0])] = what, line
        return found

    def _analysis(self):
        """By the command that the report cites, or what it says of the calibration where it cites queries."""
        command = next((w for w, kind in self.sources.values() if w.startswith("hindcast analyze")), None)
        if command is None:
            number = next(re.search(r"calibration = (\d+)|calibration IS NULL", w)[1] for w, _ in self.sources.values()
                          if "FROM hypotheses" in w)
            command = f"hindcast analyze --json --calibration {number} {self.id}" if number else (
                f"hindcast analyze --json --as-of 1970-01-01 {self.id}")
        return json.loads(self.corpus.run(*shlex.split(command)[1:]))

    # ---- what the report takes for its moments, each held against the bundle

    def _moments(self):
        for block in self.blocks:
            text = block.text or ""
            when = re.search(pages.LINK + r"(\S+Z)" + pages.TO, text)
            if block.section == "Detection" and text.startswith("First symptom: ") and when:
                self.moments["symptom"] = moment(when[1])[0]
            elif block.section == "Primary Root Cause" and when and re.match(
                    "Change before it: (?!none)", text):
                self.moments["change"] = moment(when[1])[0]
            elif block.kind == "caption" and text.startswith("Timeline; T+0 is "):
                self.zero_name = text.removeprefix("Timeline; T+0 is ")
        self.moments["fatal"] = self.first(LEVELS[5:], ("crash", "kill"))
        self.moments["error"] = self.first(LEVELS[4:5], ())
        self.zero_name = getattr(self, "zero_name", None)
        self.moments["zero"] = self.moments.get({"the first symptom": "symptom", "the start of the window": "start"}.get(
            self.zero_name, "change"))

    def first(self, levels, words):
        """The earliest line in the window of these levels that is no weather, or event of such a kind."""
        start, end = self.bundle.times["start"], self.bundle.times["end"] or 2**63
        found = [e["ns"] for e in self.bundle.events if start <= e["ns"] <= end and any(w in e["kind"] for w in words)]
        for component, lines in self.bundle.logs.items():
            for ns, level, message, *_ in lines:
                if level in levels and start <= ns <= end and (level == "fatal" or not self.evidence.lines.before(
                        component, message)):
                    found.append(ns)
        return min(found, default=None)

    # ---- checks

    def ok(self, right, kind, text, why=""):
        """One number, or one sentence of numbers, held."""
        self.counted[kind] = self.counted.get(kind, 0) + 1
        if not right:
            self.failed.append((kind, pages.plain(text), why))

    def time(self, text, source):
        """A time stands at the line that it cites, or (of a series) in the file whose begin it cites."""
        what, line = self.sources[int(source)]
        number = 0 if "begins" in line or not line.isdigit() else int(line)
        self.ok(text in self.bundle.times_at(what, number), "time at its line", f"{text} at {what}:{line}")

    def lines_counted(self, sql):
        """What a cited count of lines should give, from the log files alone."""
        match = re.search(r"log_minutes\('[^']*'(?:, '([^']*)', '([0-9a-f]{16})')?\) WHERE at_ns >= (\d+)(?: AND at_ns < (\d+))?(.*)", sql)
        levels = re.findall(r"'(\w+)'", match[5]) or LEVELS
        n = 0
        for component, lines in self.bundle.logs.items():
            if match[1] not in (None, component):
                continue
            for ns, level, message, *_ in lines:
                text = self.evidence.lines.template(component, message)
                n += level in levels and int(match[3]) <= ns // MINUTE * MINUTE < int(match[4] or 2**63) and match[2] in (
                    None, *(k for k, t in self.corpus.log_templates.items() if t == text))
        return n

    def sources_give(self, text, source, value=None):
        """A printed number cites a query: the query, run by itself, has it among its values."""
        what, _ = self.sources[int(source)]
        if not what.startswith("SELECT"):
            return
        values = self.corpus.cells(what)
        if value is not None:
            self.ok(value in values or any(abs(v - value) <= 1e-9 * max(1, abs(value)) for v in values if isinstance(v, (
                int, float))), "value of its query", text, what)

    # ---- of the analysis

    def learned(self, category, cause=None):
        """Confirmed root causes that the calibration could know."""
        as_of = self.calibration["as_of_ns"] if self.calibration else -2**63
        return len(self.corpus.rows(
            "SELECT 1 FROM outcomes AS o JOIN incidents AS i USING (incident) WHERE ordinal = 0 AND status = 'confirmed' AND NOT "
            "conflict AND known_at_ns <= ? AND category = ? AND (cause = ? OR ? IS NULL)", as_of, category, cause, cause))

    def strength(self, feature, text):
        """Of a finding, where docs/evidence.md gives it from a sentence's own series, level or change; else None."""
        rise = re.match(r"(\S+) of (\S+) (rose|fell) from", text)
        if rise and (rise[2], rise[1]) in self.bundle.series:
            return surprise(self.evidence.usual[rise[2], rise[1]].z[1 if rise[3] == "rose" else -1], 1)
        if rise:
            level = next(v for v in self.bundle.all("level") if v["metric"] == rise[1] and v["component"] == rise[2])
            usual = float(level.get("baseline", level.get("before")))
            return surprise(abs(float(level["peak"]) - usual) / (.25 * usual), 0)
        return self.evidence.strength(feature, text)

    def similar(self):
        return json.loads(self.corpus.run("similar", "--json", self.id))["similar"]

    def penalties(self):
        number = self.analysis["calibration"]
        return self.corpus.rows("SELECT * FROM penalties WHERE calibration = ?", number) if number else []

    def n_shown(self):
        return sum(b.kind == "h3" and b.text.startswith("Hypothesis ") for b in self.blocks)

    def n_candidates(self):
        """Components, but for those that only observe."""
        kinds = [r["kind"] for r in self.corpus.rows("SELECT kind FROM components WHERE incident = ?", self.id)]
        return sum(kind not in ("client", "remote") for kind in kinds)

    def texts(self):
        """What the bundle's lines and events say, with pseudonyms as the corpus has them."""
        return {r[0] for r in self.corpus.rows("SELECT message FROM events WHERE incident = ?", self.id) if r[0]}

    def analysis_texts(self):
        texts = {e["text"] for e in self.analysis["timeline"]}
        for h in self.hypotheses:
            texts |= {x["text"] for x in h["for"] + h["against"] if x["text"]}
        return texts

    def like(self, said, from_ns):
        """Times of the lines that are like this one, of its component and level, from its minute to the window's end."""
        name, _, message = said.partition(": ")
        known = name in self.bundle.logs or any(e["component"] == name for e in self.bundle.events)
        component, message = (name, message) if known else ("", said)
        template, levels, found = None, set(), []
        said_so = re.compile(re.sub(r"ip\\?-[0-9a-f]{12}", r"\\d+\\.\\d+\\.\\d+\\.\\d+", re.escape(message)) + "$")
        for name, lines in self.bundle.logs.items():
            for ns, level, text, *_ in lines:
                if ns == from_ns and said_so.search(text) and component in ("", name):
                    template, levels, component = self.evidence.lines.template(name, text), {level}, name
        end = self.bundle.times["end"] or 2**63
        for ns, level, text, *_ in self.bundle.logs.get(component, []):
            if level in levels and self.evidence.lines.template(component, text) == template and (
                    from_ns // MINUTE * MINUTE <= ns // MINUTE * MINUTE < end):
                found.append(ns)
        return found or [e["ns"] for e in self.bundle.events if e["message"] == message and from_ns <= e["ns"] <= end]

    def templates_of(self, member):
        """By line of a log."""
        return {line: self.evidence.lines.template(component, text) for component, lines in self.bundle.logs.items()
                for _, _, text, name, line in lines if name == member}

    def at_place(self, member, line):
        text = next(iter(self.bundle.times_at(member, line)))
        return moment(text)[0]

    def latest_symptom(self):
        """The first symptom is not later than this: what is stated, an alert, a warning that is no weather, a strong series."""
        start, end = self.bundle.times["start"], self.bundle.times["end"] or 2**63
        found = [self.first(LEVELS[3:], ("alert",))]
        found += [moment(s["at"])[0] for s in self.bundle.all("symptom") if "at" in s]
        found += [u.onset(s) for u in self.evidence.usual.values() if u.known for s in (1, -1) if surprise(u.z[s], 1) >= 2.4]
        return min((ns for ns in found if ns is not None and start <= ns <= end), default=self.bundle.times["detected"])
