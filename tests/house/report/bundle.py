"""An incident's bundle, read with the standard library alone: no line of what Hindcast reads with."""
import csv
import datetime
import gzip
import json
import os
import re
import xml.parsers.expat

SECOND, MINUTE, HOUR = 10**9, 60 * 10**9, 3600 * 10**9
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z)?")


def moment(text):
    """(nanoseconds since 1970, RFC 3339 in UTC with the digits of the source); None: no time."""
    match = TIME.match(text)
    if not match:
        return None
    whole = datetime.datetime(*map(int, match.groups()[:6]), tzinfo=datetime.timezone.utc)
    digits = match[7] or ""
    ns = int(whole.timestamp()) * SECOND + int((digits + "0" * 9)[:9])
    return ns, whole.strftime("%Y-%m-%dT%H:%M:%S") + ("." + digits if digits else "") + "Z"


class Bundle:
    def __init__(self, folder):
        self.folder, self.elements, self.texts = folder, [], {}
        self._manifest()
        window = self.one("window") or {}
        self.times = {name: moment(window[name])[0] if name in window else None
                      for name in ("start", "detected", "mitigated", "end")}
        self.service = self.text("service")
        self.logs = {}  # component -> [(ns, level, message, member, line)]
        for entry in self.all("logs"):
            self.logs.setdefault(entry["component"], []).extend(self._log(entry["href"]))
        self.events = [event for entry in self.all("events") for event in self._events(entry["href"])]
        self.series = {}  # (component, metric) -> [(ns, value, line)]
        for entry in self.all("metrics"):
            self._metrics(entry)
        self.spans = [row for entry in self.all("traces") for row in csv.DictReader(self.lines(entry["href"]))]

    # ---- the manifest

    def _manifest(self):
        open_elements = []

        def start(name, attributes):
            open_elements.append([name, attributes, parser.CurrentLineNumber, ""])

        def text(data):
            open_elements[-1][3] += data

        def end(name):
            self.elements.append(tuple(open_elements.pop()))

        parser = xml.parsers.expat.ParserCreate()
        parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
        parser.Parse(open(os.path.join(self.folder, "incident.xml"), "rb").read(), True)

    def all(self, name):
        return [dict(attributes, line=line, text=text.strip())
                for n, attributes, line, text in self.elements if n == name]

    def one(self, name):
        return next(iter(self.all(name)), None)

    def text(self, name):
        found = self.one(name)
        return found["text"] if found else None

    # ---- files

    def content(self, member):
        path = os.path.join(self.folder, member)
        return (gzip.open if member.endswith(".gz") else open)(path, "rb").read()

    def lines(self, member):
        if member not in self.texts:
            self.texts[member] = self.content(member).decode().splitlines()
        return self.texts[member]

    def _log(self, member):
        for number, line in enumerate(self.lines(member), 1):
            if line.startswith("{"):
                row = json.loads(line)
                yield moment(row["time"])[0], row["level"].lower(), row["msg"], member, number
                continue
            match = re.match(r"(\S+Z) +([A-Z]+) +(.*)", line) or re.match(
                r"(\S+ \S+) ([A-Z]+) +\[[^]]*\] \S+ - (.*)", line)
            yield moment(match[1])[0], match[2].lower(), match[3], member, number

    def _events(self, member):
        for number, line in enumerate(self.lines(member), 1):
            row = json.loads(line)
            yield dict(row, ns=moment(row["time"])[0], member=member, line=number)

    def _metrics(self, entry):
        rows = list(csv.reader(self.lines(entry["href"])))
        at = [moment(row[0])[0] for row in rows[1:]]
        for column, metric in enumerate(rows[0][1:], 1):
            points = [(ns, float(row[column]), number)
                      for number, (ns, row) in enumerate(zip(at, rows[1:]), 2) if row[column] not in ("", "NaN")]
            self.series[entry["component"], metric] = points

    # ---- what a place of a report says

    def times_at(self, member, line):
        """All times of a line, as a report prints them; of a whole member, all of it."""
        lines = self.lines(member)[line - 1:line] if line else self.lines(member)
        found = set()
        for text in lines:
            found |= {moment(match[0])[1] for match in TIME.finditer(text)}
        return found

    def n_rows(self, member):
        """Records of a file: lines, but for the head of a table."""
        return len(self.lines(member)) - member.endswith((".csv", ".csv.gz"))
