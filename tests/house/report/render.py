"""render.py REPORTS: each report's Markdown, rendered by cmark-gfm, against its page, block by block."""
import glob
import os
import re
import subprocess
import sys

import pages


def shown(block):
    """What a reader gets: the numbers of steps and the row of an anchor are the renderer's own."""
    return block.kind, block.text, block.cells


def compare(stem):
    """(blocks compared, the first that differ, or None)"""
    page, _ = pages.html(stem + ".html")
    printed = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink", stem + ".md"],
                             check=True, capture_output=True, text=True).stdout
    try:
        markdown = pages.rendered(printed)
    except (ValueError, pages.ET.ParseError) as error:
        return 0, error
    for ours, theirs in zip(page, markdown):
        if shown(ours) != shown(theirs):
            return 0, f"page: {shown(ours)}\nMarkdown: {shown(theirs)}"
    return len(page), None if len(page) == len(markdown) else f"{len(page)} blocks, {len(markdown)} of them in Markdown"


WIDE = 28  # a cell that is wider does not widen its column (reports/document_markdown.c)


def lines_up(stem):
    """Each row of a table has the head's columns; up to the first column that holds a wide cell they stand below one another."""
    tables, before = [], ""
    for line in open(stem + ".md", encoding="utf-8"):
        if line.startswith("|") and not before.startswith("|"):
            tables.append([])
        if line.startswith("|"):
            tables[-1].append(line.rstrip("\n"))
        before = line
    for rows in tables:
        bars = [[m.start() for m in re.finditer(r"(?<!\\)\|", row)] for row in rows]
        for row, at in zip(rows, bars):
            if len(at) != len(bars[0]):
                return f"{len(at) - 1} columns for {len(bars[0]) - 1}: {row}"
        narrow = next((i for i in range(len(bars[0]) - 1) for row, at in zip(rows, bars)
                       if len(row[at[i] + 1:at[i + 1]].strip()) > WIDE), len(bars[0]))
        if any(at[:narrow + 1] != bars[0][:narrow + 1] for at in bars):
            return f"does not line up: {rows[0]}"
    return None


def main(folder):
    stems = sorted(name[:-3] for name in glob.glob(os.path.join(folder, "*.md")))
    n, failed = 0, 0
    for stem in stems:
        n_blocks, differs = compare(stem)
        differs = differs or lines_up(stem)
        n += n_blocks
        if differs:
            failed += 1
            print(f"{os.path.basename(stem)}: {differs}", file=sys.stderr)
    print(f"{len(stems)} reports: {n} blocks, {failed} reports differ")
    return 1 if failed or not stems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
