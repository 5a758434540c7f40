"""What a report says, block by block, from its HTML (which is XML too) or from what cmark-gfm makes of its Markdown.

A text carries its links and code spans as marks: LINK text TO target END, CODE text DONE. Nothing here knows what a
report is about."""
import re
import xml.etree.ElementTree as ET

LINK, TO, END, CODE, DONE = "\x01", "\x02", "\x03", "\x04", "\x05"


# What may stand within a text: anything else (script, img, del ...) is text of a report that has become markup.
INLINE = {"h1", "h2", "h3", "p", "li", "th", "td", "caption", "figcaption", "dt", "dd", "a", "code", "strong", "em", "span", "br"}
TARGET = re.compile(r"#[\w.%-]+|[\w.%-]+")  # a place of the page, or another report


class Block:
    """kind: h1 h2 h3 p li caption head row; text, or the cells of a head or row. `section` and `part` are the last
    headings before it, `caption` that of its table."""

    def __init__(self, kind, text, cells=None):
        self.kind, self.text, self.cells = kind, text, cells
        self.section = self.part = self.caption = ""

    def __repr__(self):
        return f"{self.section} / {self.part}: {plain(self.text or ' | '.join(self.cells))}"

    def key(self):
        return self.kind, self.text, self.cells


def plain(text):
    """Without marks."""
    return re.sub(f"{TO}[^{END}]*{END}|[{LINK}{CODE}{DONE}]", "", text)


def tag(node):
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else "comment"


def inline(node):
    """The text below a node, with marks; spaces as one."""
    parts = []

    def walk(node):
        name = tag(node)
        target = node.get("href", "") if name == "a" else ""
        if name == "comment":
            return
        if name not in INLINE or (target and not TARGET.fullmatch(target)):
            raise ValueError(f"<{name}> {target} in a text")
        parts.append(LINK if target else CODE if name == "code" else " " if name == "br" else "")
        parts.append(node.text or "")
        for child in node:
            walk(child)
            parts.append(child.tail or "")
        parts.append(TO + re.sub(r"\.(md|html)$", "", target) + END if target else DONE if name == "code" else "")

    walk(node)
    return re.sub(r"[ \n\t\u00a0]+", " ", "".join(parts)).strip()


def below(node):
    """The lists in an item of a list."""
    return [child for child in node if tag(child) == "ul"]


def own(node):
    """An item without the lists in it."""
    lists = below(node)
    if not lists:
        return node
    alone = ET.Element(node.tag, node.attrib)
    alone.text = node.text
    alone.extend(child for child in node if child not in lists)
    return alone


def place(blocks):
    section = part = caption = ""
    for block in blocks:
        if block.kind == "h2":
            section, part = plain(block.text), ""
        elif block.kind == "h3":
            part = plain(block.text)
        elif block.kind == "caption":
            caption = plain(block.text)
        block.section, block.part = section, part
        block.caption = caption if block.kind in ("head", "row") else ""
    return blocks


def table(node, blocks):
    for row in node.iter():
        if tag(row) == "tr":
            cells = [inline(cell) for cell in row]
            blocks.append(Block("head" if tag(row[0]) == "th" and row[0].get("scope") != "row" else "row", None, cells))


def html(path):
    """The blocks of a report's page, and the texts of its figures."""
    blocks, figures = [], []
    root = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", open(path, encoding="utf-8").read()))

    def walk(node):
        name = tag(node)
        if name in ("h1", "h2", "h3", "p", "li"):
            blocks.append(Block(name, inline(own(node))))
            for child in below(node):
                walk(child)
        elif name == "figure" and (tree := next((c for c in node if c.get("class") == "tree"), None)) is not None:
            blocks.append(Block("p", inline(next(c for c in node if tag(c) == "figcaption"))))
            walk(tree)
        elif name == "figure":
            figures.append(node)
        elif name == "table":
            blocks.append(Block("caption", inline(next(c for c in node if tag(c) == "caption"))))
            table(node, blocks)
        elif name == "dl":
            for pair in node:
                blocks.append(Block("li", f"{inline(pair[0])}: {inline(pair[1])}"))
        elif name in ("body", "header", "main", "section", "div", "ul", "ol"):
            for child in node:
                walk(child)
        elif name not in ("head", "nav", "a", "footer"):
            raise ValueError(f"{path}: <{name}> is not looked at")

    walk(next(child for child in root if tag(child) == "body"))
    return place(blocks), figures


def rendered(page):
    """The blocks of what cmark-gfm prints. A paragraph of nothing but emphasis before a table is its caption."""
    blocks = []

    def walk(node, after):
        name = tag(node)
        if name in ("h1", "h2", "h3", "li"):
            inner = [child for child in node if tag(child) == "p"]
            blocks.append(Block(name, inline(own(inner[0] if inner else node))))
            for child in below(node):
                walk(child, None)
        elif name == "p":
            if inline(node):
                blocks.append(Block("caption" if after is not None and tag(after) == "table" else "p", inline(node)))
        elif name == "table":
            table(node, blocks)
        elif name in ("root", "ul", "ol", "blockquote"):
            children = list(node)
            for i, child in enumerate(children):
                walk(child, children[i + 1] if i + 1 < len(children) else None)
        elif name != "comment":
            raise ValueError(f"cmark-gfm gives <{name}>: text of a report has become markup")

    walk(ET.fromstring(f"<root>{page}</root>"), None)
    return place(blocks)
