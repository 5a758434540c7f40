"""spoil.py HINDCAST CORPUS BUNDLES REPORT...: whether the checks can fail. Each number of each report is altered in turn
(its first digit), in the page's own text, and checked again: a spoilt number that nothing notices is told, and fails."""
import copy
import re
import sys

import check
import pages
from incident import Corpus

STATE = ("row", "step", "strongest", "budget", "ranks")
# A first digit in these may change unnoticed, for the reason beside it.
BLIND = [
    (r".* left its usual level .*|in .* followed in .*|\d+ further signs? .*", "rules.UNCHECKED: held against the analysis alone"),
    (r"\d+ \| traces\.csv \| \d+", "which span tells most of a call: any of the component's is taken"),
    (r"The detectors gave \d+ items .*", "no view has the items: more than are listed is all that is known"),
    (r"\d+ more (?:is|are) left out\. .*", "links of the chain: more than twelve is all that is known"),
]


def spoilt(text):
    """The text with one number altered, for each number in it that a reader sees."""
    seen = re.compile(rf"(?<![\w.#-])(?:[+-])?(\d)|(?<=[T]\+)(\d)")
    hidden = [m.span() for m in re.finditer(f"{pages.TO}[^{pages.END}]*{pages.END}|{pages.CODE}[^{pages.DONE}]*{pages.DONE}", text)]
    for match in seen.finditer(text):
        at = match.start(1) if match[1] else match.start(2)
        if not any(a <= at < b for a, b in hidden):
            yield text[:at] + str((int(text[at]) + 4) % 9 + 1) + text[at + 1:]


def variants(block):
    """The block with one number altered, and what it then says."""
    cells = block.cells or [block.text]
    for i, cell in enumerate(cells):
        for other in spoilt(cell):
            changed = copy.copy(block)
            changed.of = block
            if block.cells:
                changed.cells = block.cells[:i] + [other] + block.cells[i + 1:]
            else:
                changed.text = other
            yield changed, other


def state_of(report):
    return {name: copy.copy(getattr(report, name, None)) for name in STATE}


def notices(report, block):
    n = len(report.failed)
    try:
        return not check.check_block(report, block) or len(report.failed) > n
    except (ValueError, KeyError, TypeError, IndexError, StopIteration, AttributeError):
        return True


def put_back(report, state):
    for name, value in state.items():
        setattr(report, name, copy.copy(value))


def unsupported(report, row, states):
    """A place or query of the table of sources that is another: whether one who cites it notices."""
    number, kept = int(row.of.cells[0]), report.sources
    report.sources = dict(kept)
    report.sources[number] = pages.plain(row.cells[1]), pages.plain(row.cells[2])
    caught = False
    for block in report.blocks:
        if block in states and f"{pages.TO}#src-{number}{pages.END}" in " ".join(block.cells or [block.text]) and not caught:
            put_back(report, states[block])
            caught = notices(report, block)
    report.sources = kept
    return caught


def spoil(report):
    n_caught, missed, states = 0, [], {}
    report.ranks, report.budget = [], []
    for block in report.blocks:
        before = states[block] = state_of(report)
        for changed, text in variants(block):
            put_back(report, before)
            caught = notices(report, changed)
            if not caught and block.kind == "row" and block.section == "Evidence sources":
                caught = unsupported(report, changed, states)
            n_caught += caught
            said = pages.plain(text)
            if not caught and not any(re.fullmatch(p, said) or re.fullmatch(p, cell) for p, _ in BLIND
                                      for cell in (pages.plain(" | ".join(changed.cells or [text])),)):
                missed.append((block, said))
        put_back(report, before)
        check.check_block(report, block)
    return n_caught, missed


def main(hindcast, path, bundles, *stems):
    corpus, n, every = Corpus(hindcast, path, bundles), 0, []
    for stem in stems:
        n_caught, missed = spoil(check.Report(corpus, stem))
        n += n_caught
        every += missed
    for block, said in every[:40]:
        print(f"not noticed: {said}   in {block}"[:300], file=sys.stderr)
    print(f"{n} spoilt numbers were noticed, {len(every)} not")
    return 1 if every or n < 1000 * len(stems) // 2 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
