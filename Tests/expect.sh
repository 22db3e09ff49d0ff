# For checks of a program: what it exits with and what it says. Sourced.
# Commands run in the current folder, which gets the files `out` and `err`; `failed` is 1 when anything was not as wanted.

failed=0

# expect STATUS WHAT COMMAND…: runs a command; its output is in out and err.
expect() {
    local wanted=$1 what=$2 status=0
    shift 2
    "$@" >out 2>err || status=$?
    if ((status != wanted)); then
        echo "$what: exit status $status, not $wanted"
        cat out err
        failed=1
    fi
}

# has FILE TEXT…: what the last command has written.
has() {
    local file=$1 text
    shift
    for text in "$@"; do
        if ! grep -qF -- "$text" "$file"; then
            echo "no '$text' in $file:"
            cat "$file"
            failed=1
        fi
    done
}

is_empty() {
    if [[ -s $1 ]]; then
        echo "$1 is not empty:"
        cat "$1"
        failed=1
    fi
}
