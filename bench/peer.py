"""A straightforward Python program that ingests bundles and does less than Hindcast: peer.py PROCESSES CORPUS DIRECTORY

It unpacks with tarfile and gzip, parses with csv, json and xml.etree, counts log lines a component and minute, keeps the
metric values of a series as one blob, and writes with sqlite3. No log templates, no evidence, no redaction, no checks.
"""
import array
import csv
import gzip
import io
import json
import multiprocessing
import os
import re
import sqlite3
import sys
import tarfile
import xml.etree.ElementTree as xml

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def component_of(name):
    return name.split("/")[-1].split(".")[0]


def read_metrics(name, text, series):
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    if "value" in header:
        at = [header.index(column) for column in ("time", "component", "metric", "value")]
        for row in rows:
            time, component, metric, value = (row[i] for i in at)
            if value:
                series.setdefault((component, metric), []).append((time, float(value)))
        return
    for row in rows:
        for column, value in zip(header[1:], row[1:]):
            if value:
                series.setdefault((component_of(name), column), []).append((row[0], float(value)))


def read_log(name, text, counts):
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                line = str(json.loads(line).get("time", ""))
            except ValueError:
                continue
        found = TIME.search(line)
        if found:
            key = (component_of(name), found.group())
            counts[key] = counts.get(key, 0) + 1


def read_bundle(path):
    title, series, counts, spans = "", {}, {}, 0
    with tarfile.open(path) as archive:
        for member in archive:
            data = archive.extractfile(member).read()
            name = member.name
            if name.endswith(".gz"):
                data, name = gzip.decompress(data), name[:-3]
            text = data.decode("utf-8", "replace")
            if name.endswith("incident.xml"):
                title = xml.fromstring(text).findtext("{urn:hindcast:incident:1}title") or ""
            elif "/metrics/" in name:
                read_metrics(name, text, series)
            elif "/logs/" in name:
                read_log(name, text, counts)
            elif name.endswith("traces.csv"):
                spans = sum(1 for _ in csv.reader(io.StringIO(text)))
    blobs = [(component, metric, len(points), array.array("d", (value for _, value in points)).tobytes())
             for (component, metric), points in series.items()]
    return os.path.basename(path), title, spans, blobs, [(*key, n) for key, n in counts.items()]


def main():
    processes, corpus, directory = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    paths = sorted((entry.path for entry in os.scandir(directory)), key=os.path.getsize, reverse=True)
    database = sqlite3.connect(corpus)
    database.executescript("""
        PRAGMA journal_mode = OFF;
        CREATE TABLE incident (id INTEGER PRIMARY KEY, name TEXT, title TEXT, spans INTEGER);
        CREATE TABLE series (incident INTEGER, component TEXT, metric TEXT, points INTEGER, body BLOB);
        CREATE TABLE log_count (incident INTEGER, component TEXT, minute TEXT, lines INTEGER);
    """)
    with multiprocessing.Pool(processes) as pool:
        for number, (name, title, spans, series, counts) in enumerate(pool.imap(read_bundle, paths, chunksize=4)):
            database.execute("INSERT INTO incident VALUES (?, ?, ?, ?)", (number, name, title, spans))
            database.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?)", [(number, *row) for row in series])
            database.executemany("INSERT INTO log_count VALUES (?, ?, ?, ?)", [(number, *row) for row in counts])
    database.commit()


main()
