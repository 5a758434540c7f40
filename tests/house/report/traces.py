"""What docs/evidence.md defines of spans: a component's own time, what a call takes beyond it, calls made and failed."""
import math
import statistics

from bundle import HOUR, moment


class Traces:
    def __init__(self, bundle):
        start, end = bundle.times["start"], bundle.times["end"] or 2**63
        ranges = [(moment(b["start"])[0], moment(b["end"])[0]) for b in bundle.all("baseline")] or [(start - HOUR, start)]
        self.edges = {}  # (caller, callee, operation) -> phase -> [span]
        spans = {}
        for row in bundle.spans:
            first, last = int(row["start"]), int(row["end"])
            phase = "window" if start <= first < end else "baseline" if any(a <= first < b for a, b in ranges) else "other"
            spans[row["trace_id"], row["span_id"]] = dict(row, first=first, last=last, phase=phase, children=[])
        for span in spans.values():
            span["parent"] = spans.get((span["trace_id"], span["parent_id"]))
            if span["parent"]:
                span["parent"]["children"].append(span)
        for span in spans.values():
            caller = span["parent"]["component"] if span["parent"] else None
            self.edges.setdefault((caller, span["component"], span["operation"]), {}).setdefault(span["phase"], []).append(span)
        n = {phase: sum(s["phase"] == phase for s in spans.values()) for phase in ("window", "baseline", "other")}
        self.reference = next((p for p in ("baseline", "other") if n[p] >= 50 and n[p] >= .05 * n["window"]), None)
        self.share = n

    def client(self, span):
        """Within its component's own work, with the callee's side below it."""
        return span["parent"] is not None and span["parent"]["component"] == span["component"] and any(
            c["component"] != span["component"] for c in span["children"])

    def own(self, span):
        """ln of what no child covers; None: a client span."""
        if self.client(span):
            return None
        covered, until = 0, span["first"]
        for child in sorted(span["children"], key=lambda c: c["first"]):
            first, last = max(child["first"], until), min(child["last"], span["last"])
            covered, until = covered + max(last - first, 0), max(until, last)
        return math.log(max(span["last"] - span["first"] - covered, 1000))

    def beyond(self, span):
        """ln of the caller's side over the callee's."""
        parent = span["parent"]
        if not parent or parent["component"] == span["component"] or len(parent["children"]) != 1 or not self.client(parent):
            return None
        return math.log(max(parent["last"] - parent["first"], 1000)) - math.log(max(span["last"] - span["first"], 1000))

    def pooled(self, component, value, calls):
        """(how many times the baseline, over how many spans, the strength of that)"""
        total = n = spread = 0
        for (caller, callee, _), phases in self.edges.items():
            if callee != component or (calls and caller in (None, callee)):
                continue
            seen, usual = ([v for v in map(value, phases.get(p, [])) if v is not None] for p in ("window", self.reference))
            if len(usual) >= 5 and len(seen) >= 3:
                total += len(seen) * (statistics.fmean(seen) - statistics.fmean(usual))
                spread += len(seen)**2 * (statistics.variance(seen) / len(seen) + statistics.variance(usual) / len(usual))
                n += len(seen)
        if not n:
            return math.nan, 0, 0
        z = total / n / max(.2, 2 * math.sqrt(spread) / n)
        return math.exp(total / n), n, math.log1p(min(max(z - 1, 0), 50))

    def received(self, component, phase, failed=False):
        return sum(not failed or s["status"] != "OK" for (caller, callee, _), phases in self.edges.items()
                   if callee == component != caller for s in phases.get(phase, []))

    def made(self, caller, callee, operation, phase):
        return len(self.edges.get((caller, callee, operation), {}).get(phase, []))
