# shellcheck shell=sh
# Shared by the tests in this directory. They print "ok NAME" or "not ok NAME", for scripts/test to count.

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

# check NAME COMMAND...: the command must succeed
check() {
    name=$1
    shift
    if "$@" >"$directory/log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/    /' "$directory/log"
    fi
}

# fails STATUS TEXT COMMAND...: the command must end with that status and print a line with that text
fails() {
    expected=$1
    text=$2
    shift 2
    status=0
    "$@" >"$directory/said" 2>&1 || status=$?
    cat "$directory/said"
    [ "$status" -eq "$expected" ] && grep -qF -e "$text" "$directory/said"
}
