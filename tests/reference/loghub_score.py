#!/usr/bin/env python3
"""Scores the `templates` command on labelled logs: grouping accuracy and F1 over groups.

  hindcast templates X.log > X.tsv; loghub_score.py X.tsv X.csv [X2.tsv X2.csv ...] [--wrong N]

GA:  share of lines whose group (the lines that got one template) is exactly a true group.
FGA: F1 over groups: precision is the share of found groups that are true ones, recall the share of true ones found.
Definitions: Zhu et al., ICSE-SEIP 2019 (GA); Jiang et al., ISSTA 2024 (FGA). The truth has EventId (or
EventTemplate), a line of the log a row.
"""
import argparse
import collections
import csv
import sys

csv.field_size_limit(1 << 30)


def found_groups(path):
    """Template ids by line, from the command's TSV: line, time, level, component, template id, template."""
    ids, texts = [], {}
    with open(path, encoding="utf-8", errors="replace", newline="\n") as rows:
        for row in rows:
            fields = row.rstrip("\n").split("\t")
            ids.append(fields[4])
            if len(fields) > 5 and fields[5]:
                texts[fields[4]] = fields[5]
    return ids, texts


def true_groups(path):
    with open(path, encoding="utf-8", errors="replace", newline="") as rows:
        table = list(csv.DictReader(rows))
    names = {row["EventId"]: row["EventTemplate"] for row in table}
    return [row["EventId"] for row in table], names


def groups_of(labels):
    groups = collections.defaultdict(set)
    for line, label in enumerate(labels):
        groups[label].add(line)
    return groups


def score(found, true):
    found_sets = {frozenset(lines) for lines in groups_of(found).values()}
    true_sets = {frozenset(lines) for lines in groups_of(true).values()}
    right = found_sets & true_sets
    accuracy = sum(len(lines) for lines in right) / len(true)
    precision, recall = len(right) / len(found_sets), len(right) / len(true_sets)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return accuracy, f1, len(found_sets), len(true_sets)


def show_wrong(found, true, texts, names, limit):
    found_sets = {frozenset(lines) for lines in groups_of(found).values()}
    wrong = [(len(lines), event, lines) for event, lines in groups_of(true).items() if frozenset(lines) not in found_sets]
    for count, event, lines in sorted(wrong, key=lambda item: (-item[0], item[1]))[:limit]:
        print(f"  {count:5} true:  {names[event][:180]}")
        seen = collections.Counter(found[line] for line in lines)
        whole = collections.Counter(found)
        for label, n in seen.most_common(4):
            print(f"        {n:5} of {whole[label]} found: {texts.get(label, '')[:170]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", help="TSV and truth, in turn")
    parser.add_argument("--wrong", type=int, default=0, help="show that many true groups that were missed")
    options = parser.parse_args()
    if len(options.pairs) % 2:
        parser.error("a TSV and a truth in turn")
    totals = []
    for tsv, truth in zip(options.pairs[::2], options.pairs[1::2]):
        (found, texts), (true, names) = found_groups(tsv), true_groups(truth)
        if len(found) != len(true):
            sys.exit(f"{tsv}: {len(found)} lines, {truth}: {len(true)}")
        accuracy, f1, n_found, n_true = score(found, true)
        totals.append((accuracy, f1))
        print(f"{truth}\tGA {accuracy:.4f}\tFGA {f1:.4f}\tfound {n_found}\ttrue {n_true}")
        if options.wrong:
            show_wrong(found, true, texts, names, options.wrong)
    n = len(totals)
    print(f"mean\tGA {sum(t[0] for t in totals) / n:.4f}\tFGA {sum(t[1] for t in totals) / n:.4f}")


if __name__ == "__main__":
    main()
