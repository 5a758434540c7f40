# C without comments and without what is inside quotes; lines keep their numbers.
{
    rest = $0
    out = ""
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            if (at == 0) { rest = ""; break }
            rest = substr(rest, at + 2)
            in_comment = 0
            continue
        }
        if (!match(rest, /"|'|\/\*|\/\//)) { out = out rest; break }
        out = out substr(rest, 1, RSTART - 1)
        mark = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (mark == "//") break
        if (mark == "/*") { in_comment = 1; out = out " "; continue }
        close_at = mark == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"
        out = out mark mark
        if (match(rest, close_at)) rest = substr(rest, RLENGTH + 1)
        else rest = ""
    }
    print out
}
