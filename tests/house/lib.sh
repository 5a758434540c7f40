# What the house tests share; sourced by each. The environment says where the programs are (CMakeLists.txt sets it):
# $HINDCAST, $GENERATE, $CHECK_ANALYSIS, $CMAKE. A test runs in a folder of its own, which goes when it ends.
# shellcheck shell=sh
set -eu
house=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$house/../.." && pwd)
unset HINDCAST_CORPUS
# TMPDIR may hold it; the name is as short as that allows, since paths are cut in messages.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"

VIEWS="incidents incident_versions warnings changes events log_templates log_counts metrics dependencies components documents
outcomes calibrations priors weights penalties hypotheses evidence backtests sources"
VIEWS_OF_INCIDENTS=${VIEWS% sources}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# same WHAT A B: the files hold the same bytes.
same() {
    cmp -s "$2" "$3" || {
        diff "$2" "$3" | head -n 20 >&2 || :
        fail "$1: $2 and $3 differ"
    }
    n_held=$((${n_held-0} + 1))
}

# hc CORPUS ARGUMENT…: runs the program; its remarks are kept in `said`, shown where it fails.
hc() {
    corpus=$1
    shift
    "$HINDCAST" -c "$corpus" -q "$@" 2>said || {
        status=$?
        cat said >&2
        fail "hindcast -c $corpus $* ends with $status"
    }
}

# bundles FOLDER: a dozen generated incidents and the example, each a folder.
bundles() {
    "$GENERATE" --output "$1" --incidents 12 --seed 3 --log-lines 120 --points 800 --format directory >/dev/null
    cp -R "$root/datasets/inc-123/INC-123" "$1/"
}

# columns CORPUS VIEW WITHOUT…: the columns of a view but those.
columns() {
    view=$2
    hc "$1" query --format csv "select * from $view limit 0" >header
    shift 2
    tr -d '\r' <header | tr ',' '\n' | grep -vxF "$(printf '%s\n' "$@")" | paste -sd, -
}

# dump CORPUS WITHOUT…: what every view of the contract holds, in the order it comes, but for the clock's columns and those.
dump() {
    dumped=$1
    shift
    for view in $VIEWS; do
        list=$(columns "$dumped" "$view" ingested_at ingested_at_ns created_at created_at_ns "$@")
        echo "-- $view"
        hc "$dumped" query --format csv "select $list from $view"
    done
}

# digests CORPUS: a full check's last two lines.
digests() {
    hc "$1" check --full | tail -n 2 | grep -E '^(digest|derived) [0-9a-f]{64}$'
}

# learn CORPUS OPTION…: what a night does after the ingest.
learn() {
    learned=$1
    shift
    hc "$learned" "$@" calibrate >/dev/null
    hc "$learned" "$@" backtest >/dev/null
}

ids() {
    hc "$1" query --format csv "select incident from incidents order by incident" | tail -n +2 | tr -d '\r'
}

done_well() {
    echo "$(basename "$0"): $n_held comparisons held"
}
