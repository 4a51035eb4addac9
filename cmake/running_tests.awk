# Reads CTest's log while it grows: how many tests are done, and which run, the oldest first.
/^ *Start +[0-9]+: / {
    number = $2 + 0
    name = $0
    sub(/^ *Start +[0-9]+: /, "", name)
    runs[number] = name
    order[++started] = number
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    match($0, /#[0-9]+:/)
    delete runs[substr($0, RSTART + 1, RLENGTH - 2) + 0]
    split($1, progress, "/")
    all = progress[2]
    done++
}
END {
    if (!started) {
        print "finding the tests"
        exit
    }
    printf "%d%s done", done, all ? " of " all : ""
    for (at = 1; at <= started; at++) {
        if (order[at] in runs) {
            printf "%s %s", between ? "," : "; now:", runs[order[at]]
            between = 1
        }
    }
    print ""
}
