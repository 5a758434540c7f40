"""check.py HINDCAST CORPUS BUNDLES REPORTS: every number of every report in the folder REPORTS, recomputed."""
import collections
import glob
import os
import re
import sys

import figures
import pages
import rules
import tables
from incident import Corpus, Report


CAPTIONS = [r"(?:Timeline|The chain as offsets); T\+0 is [a-z -]*", r"Strongest findings of the detectors; 0 would be nothing unusual, .*",
            r"Ruled out as below 5 %, not promised"]


def digits(text):
    return re.search(r"\d", pages.plain(text)) is not None


def reset(report, block):
    """What a table, or a part, is counted by."""
    if block.kind == "caption":
        report.row, report.step, report.strongest, report.budget, report.ranks = 0, None, 9, [], []


def check_block(report, block):
    report.block = block
    report.block_in_report = getattr(block, "of", block)
    reset(report, block)
    if block.kind == "row":
        return tables.look(report, block) or not any(map(digits, block.cells))
    if block.kind == "h1":
        title = report.bundle.text("title")
        return block.text == f"{report.id}: {title}" if title else report.id in block.text
    if block.kind == "caption":
        moved = re.fullmatch(r"Metric series that moved most, (\d+) of (\d+)", block.text)
        if moved:
            shown = sum(b.kind == "row" and b.caption == block.text for b in report.blocks)
            report.ok((int(moved[1]), int(moved[2])) == (shown, sum(map(bool, report.bundle.series.values()))), "series shown", block.text)
            return True
        return not digits(block.text) or any(re.fullmatch(pattern, block.text) for pattern in CAPTIONS)
    if block.kind == "head":
        return not any(map(digits, block.cells)) or "Similarity (0 to 1)" in block.cells
    if block.kind == "li" and block.part == "Topology":
        return rules.look(report, block, block.text)
    return not digits(block.text) or rules.look(report, block, block.text) or rules.is_fixed(report, block)


def sequence(text):
    return re.findall(r"\d+(?:\.\d+)*", text)


def same_numbers(report):
    """Page and Markdown carry the same numbers in the same order."""
    markdown = open(report.stem + ".md", encoding="utf-8").read()
    markdown = re.sub(r"\]\([^)]*\)|<a id=\"[^\"]*\"></a>|\\|^\d+\. |<!-- -->", lambda m: "]" * m[0].startswith("]"), markdown, flags=re.M)
    page = " ".join(pages.plain(c) for b in report.blocks for c in (b.cells or [b.text]))
    report.ok(sequence(markdown) == sequence(page), "page and Markdown carry the same numbers", report.id)


def check(corpus, stem):
    report = Report(corpus, stem)
    report.ranks, report.budget = [], []
    for block in report.blocks:
        try:
            if not check_block(report, block):
                report.ok(False, "a number that no rule knows", repr(block))
        except (ValueError, KeyError, TypeError, IndexError, StopIteration, AttributeError) as error:
            report.ok(False, "a number that cannot be looked up", repr(block), f"{type(error).__name__} {error}")
    figures.check(report)
    same_numbers(report)
    return report


def main(hindcast, path, bundles, reports):
    corpus = Corpus(hindcast, path, bundles)
    counted, unknown, n_failed = collections.Counter(), collections.Counter(), 0
    stems = sorted(name[:-3] for name in glob.glob(os.path.join(reports, "*.md")))
    for stem in stems:
        report = check(corpus, stem)
        counted.update(report.counted)
        unknown.update(report.unknown)
        n_failed += len(report.failed)
        for kind, text, why in report.failed[:8]:
            print(f"{report.id}: {kind}: {text} ({why})", file=sys.stderr)
    for kind, n in sorted(counted.items()):
        print(f"{n:7} {kind}")
    print(f"not recomputed, only held against the analysis: {sum(unknown.values())}")
    for kind, n in sorted(unknown.items()):
        print(f"{n:7} {kind}")
    print(f"{len(stems)} reports, {sum(counted.values())} checks, {n_failed} differences")
    return 1 if n_failed or not stems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
